using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Patron.Customers.Schema;

/// <summary>
/// What values of one .NET type are: how a column, JSON and typed text hold them, when two are the same, and what is wrong with one. A kind is
/// stateless and shared by all fields of it.
/// </summary>
public abstract class FieldKind<T>
{
    /// <summary>What is said of a JSON value of another type.</summary>
    internal const string WrongType = "The value has the wrong type or form.";

    /// <summary>What a record that says nothing holds; in a request <c>null</c> means this.</summary>
    public virtual T Empty => default!;

    /// <summary>Whether <c>null</c> in a request empties the field. Where it does not, <c>null</c> counts as left out.</summary>
    public virtual bool TakesNull => true;

    /// <summary>Whether an answer may say <c>null</c>.</summary>
    public virtual bool CanBeNull => Empty is null;

    /// <summary>The type in JSON: <c>string</c>, <c>boolean</c>, <c>integer</c>, <c>object</c>.</summary>
    public virtual string JsonType => "string";

    /// <summary>The format in the API's description, such as <c>date-time</c>.</summary>
    public virtual string? JsonFormat => null;

    /// <summary>The words that an enumeration takes; null for other kinds.</summary>
    public virtual IReadOnlyList<string>? Words => null;

    /// <summary>The greatest length in characters; null where there is none.</summary>
    public virtual int? MaxLength => null;

    internal abstract NpgsqlDbType ColumnType { get; }

    /// <summary>The value as it is kept: texts lose the blanks around them.</summary>
    public virtual T Normalize(T value) => value;

    public virtual bool AreEqual(T one, T other) => EqualityComparer<T>.Default.Equals(one, other);

    public virtual bool IsEmpty(T value) => AreEqual(value, Empty);

    /// <summary>What two records of one person say together, where both count: either flag, all tags.</summary>
    internal virtual T Combine(T one, T other) => IsEmpty(one) ? other : one;

    /// <summary>What is wrong with a value, as a sentence; null where nothing is. The day is today's in UTC.</summary>
    internal virtual string? Problem(T value, DateOnly today) => null;

    /// <summary>The value of a column that is not null.</summary>
    internal abstract T Read(NpgsqlDataReader row, int ordinal);

    /// <summary>What a parameter or COPY gets; null is NULL.</summary>
    internal virtual object? ToColumn(T value) => value;

    internal abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Reads a JSON value other than <c>null</c>; answers what is wrong with it, or null.</summary>
    internal abstract string? TryRead(ref Utf8JsonReader reader, out T value);

    /// <summary>Reads what somebody typed into a cell or a form, not blank; answers what is wrong with it, or null.</summary>
    internal abstract string? TryParse(string text, out T value);
}
