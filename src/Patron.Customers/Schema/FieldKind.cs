using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Patron.Customers.Schema;

/// <summary>
/// The behavior of values of one .NET type: storage in a column, JSON, text input, equality and validation. A kind is stateless and shared
/// by all its fields.
/// </summary>
public abstract class FieldKind<T>
{
    /// <summary>The value of an empty field; <c>null</c> in a request means this.</summary>
    public virtual T Empty => default!;

    /// <summary>Whether <c>null</c> in a request empties the field. Where it does not, <c>null</c> counts as left out.</summary>
    public virtual bool TakesNull => true;

    /// <summary>Whether an answer may say <c>null</c>.</summary>
    public virtual bool CanBeNull => Empty is null;

    /// <summary>The type in JSON: <c>string</c>, <c>boolean</c>, <c>integer</c>, <c>object</c>.</summary>
    public virtual string JsonType => "string";

    /// <summary>The format in the API's description, such as <c>date-time</c>.</summary>
    public virtual string? JsonFormat => null;

    /// <summary>The allowed values of an enumeration; null for other kinds.</summary>
    public virtual IReadOnlyList<string>? AllowedValues => null;

    /// <summary>The maximum length in characters; null where there is none.</summary>
    public virtual int? MaxLength => null;

    internal abstract NpgsqlDbType ColumnType { get; }

    /// <summary>The value as it is stored: texts are trimmed.</summary>
    public virtual T Normalize(T value) => value;

    public virtual bool AreEqual(T one, T other) => EqualityComparer<T>.Default.Equals(one, other);

    public virtual bool IsEmpty(T value) => AreEqual(value, Empty);

    /// <summary>The combination of two values of a merge: the union of tags, true if either flag is.</summary>
    internal virtual T Combine(T one, T other) => IsEmpty(one) ? other : one;

    /// <summary>
    /// What is wrong with a value, as a sentence; null where nothing is. <paramref name="today"/> is the current day in UTC.
    /// </summary>
    internal virtual string? Problem(T value, DateOnly today) => null;

    /// <summary>The value of a column that is not null.</summary>
    internal abstract T Read(NpgsqlDataReader row, int ordinal);

    /// <summary>The value for a parameter or COPY; null is NULL.</summary>
    internal virtual object? ToColumn(T value) => value;

    internal abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Reads a JSON value other than <c>null</c>. Returns what is wrong with it, or null.</summary>
    internal abstract string? TryRead(ref Utf8JsonReader reader, out T value);

    /// <summary>Parses the text of a cell or a form, which is not blank. Returns what is wrong with it, or null.</summary>
    internal abstract string? TryParse(string text, out T value);
}
