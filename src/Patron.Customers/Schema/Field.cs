using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Patron.Customers.Schema;

/// <summary>Whose value a field holds (linking.md, 'Ownership').</summary>
public enum FieldOwner
{
    /// <summary>The record's own.</summary>
    Record,

    /// <summary>The account's, once one is linked.</summary>
    Account,

    /// <summary>The account's on a person's record; a company keeps a value of its own.</summary>
    AccountOfIndividual,
}

/// <summary>Who writes a field (contract, 'Who may do what').</summary>
public enum FieldWriter
{
    /// <summary>Patron alone, by its use cases.</summary>
    Patron,

    /// <summary>Staff, API keys, imports.</summary>
    Staff,

    /// <summary>The same, and customers on their own record.</summary>
    Customer,
}

/// <summary>How a field's column comes to its value.</summary>
public enum FieldColumn
{
    /// <summary>Written when the row is inserted, and whenever it changes.</summary>
    Written,

    /// <summary>Written when the row is inserted, and never again.</summary>
    Identity,

    /// <summary>Made by the database and only read.</summary>
    Generated,
}

/// <summary>What becomes of a field when two records of one person become one (linking.md, 'Merge').</summary>
public enum MergeRule
{
    /// <summary>The survivor's value; the other's where the survivor has none.</summary>
    FillEmpty,

    /// <summary>The survivor's value.</summary>
    Keep,

    /// <summary>Both: either flag, all tags.</summary>
    Combine,
}

/// <summary>
/// One declared field of a record. Columns, change detection, audit entries, merges, imports, rules, JSON and the API's description follow from its
/// declaration; nothing else lists the fields.
/// </summary>
public abstract class Field<TRecord>(string name)
    where TRecord : class
{
    /// <summary>The field's name, as JSON, files and the database spell it.</summary>
    public string Name { get; } = name;

    /// <summary>For the API's description: what it is, with units and limits. What has none is Patron's own, and no answer shows it.</summary>
    public string Description { get; init; } = "";

    public bool IsShown => Description.Length > 0;

    /// <summary>For the API's description, as JSON.</summary>
    public string? Example { get; init; }

    public FieldOwner Owner { get; init; }

    public FieldWriter Writer { get; init; }

    /// <summary>The company's ERP may own it, where the settings say so.</summary>
    public bool ErpMayOwn { get; init; }

    /// <summary>What the field is a part of, where only the whole is owned and merged: <c>address</c>.</summary>
    public string? PartOf { get; init; }

    /// <summary>Each change is kept in the history of consents.</summary>
    public bool IsConsent { get; init; }

    /// <summary>A column of CSV files.</summary>
    public bool IsImported { get; init; }

    /// <summary>Read for lists (what source 5 prints follows from these).</summary>
    public bool IsListed { get; init; }

    public MergeRule Merge { get; init; } = MergeRule.Keep;

    public FieldColumn Column { get; init; }

    /// <summary>The type in JSON.</summary>
    public abstract string JsonType { get; }

    public abstract string? JsonFormat { get; }

    public abstract int? MaxLength { get; }

    /// <summary>The words it takes; null where it takes others too.</summary>
    public abstract IReadOnlyList<string>? Words { get; }

    /// <summary>Whether <c>null</c> in a request empties it.</summary>
    public abstract bool TakesNull { get; }

    /// <summary>Whether an answer may say <c>null</c>.</summary>
    public abstract bool CanBeNull { get; }

    internal abstract NpgsqlDbType ColumnType { get; }

    /// <summary>Whether people write it, so that its changes are checked and audited.</summary>
    public bool IsWritten => Writer != FieldWriter.Patron && Column == FieldColumn.Written;

    public abstract bool IsEmpty(TRecord record);

    public abstract bool Differs(TRecord one, TRecord other);

    public abstract void WriteValue(Utf8JsonWriter writer, TRecord record);

    /// <summary>The value as text, or null where there is none.</summary>
    public abstract string? ReadText(TRecord record);

    /// <summary>Takes the other record's value over.</summary>
    internal abstract void Copy(TRecord from, TRecord to);

    /// <summary>What both records say together.</summary>
    internal abstract void CombineInto(TRecord record, TRecord other);

    internal abstract void ReadColumn(TRecord record, NpgsqlDataReader row, int ordinal);

    /// <summary>What the column gets; null is NULL.</summary>
    internal abstract object? ToColumn(TRecord record);

    internal abstract string? Problem(TRecord record, DateOnly today);

    /// <summary>Reads a JSON value, <c>null</c> too; answers the change, or what is wrong. Neither: the value counts as left out.</summary>
    public abstract (FieldValue<TRecord>? Value, string? Problem) TryRead(ref Utf8JsonReader reader);

    /// <summary>Reads what somebody typed; blank empties the field. Answers the change, or what is wrong.</summary>
    public abstract (FieldValue<TRecord>? Value, string? Problem) TryParse(string? text);
}

/// <summary>A declared field with its type: how the record holds it and of which kind it is.</summary>
public sealed class Field<TRecord, TValue>(string name, FieldKind<TValue> kind, Func<TRecord, TValue> read, Action<TRecord, TValue> write) : Field<TRecord>(name)
    where TRecord : class
{
    private readonly bool canBeNull = kind.CanBeNull; // Any other column is NOT NULL.

    public FieldKind<TValue> Kind { get; } = kind;

    /// <summary>What a change of the field does where it is more than writing it: <c>status</c> sets and lifts several flags.</summary>
    public Action<TRecord, TValue>? Change { get; init; }

    public override string JsonType => Kind.JsonType;

    public override string? JsonFormat => Kind.JsonFormat;

    public override int? MaxLength => Kind.MaxLength;

    public override IReadOnlyList<string>? Words => Kind.Words;

    public override bool TakesNull => Kind.TakesNull;

    public override bool CanBeNull => Kind.CanBeNull;

    internal override NpgsqlDbType ColumnType => Kind.ColumnType;

    public TValue Read(TRecord record) => read(record);

    /// <summary>The field with a value, as part of a change.</summary>
    public FieldValue<TRecord> With(TValue value) => new FieldValue<TRecord, TValue>(this, Kind.Normalize(value));

    public override bool IsEmpty(TRecord record) => Kind.IsEmpty(read(record));

    public override bool Differs(TRecord one, TRecord other) => !Kind.AreEqual(read(one), read(other));

    public override void WriteValue(Utf8JsonWriter writer, TRecord record) => WriteValue(writer, read(record));

    public override string? ReadText(TRecord record) => IsEmpty(record) ? null : FieldText.Of(writer => WriteValue(writer, record));

    internal void WriteValue(Utf8JsonWriter writer, TValue value)
    {
        if (value is null)
        {
            writer.WriteNullValue();
        }
        else
        {
            Kind.Write(writer, value);
        }
    }

    internal void Apply(TRecord record, TValue value) => (Change ?? write)(record, value);

    internal override void Copy(TRecord from, TRecord to) => write(to, read(from));

    internal override void CombineInto(TRecord record, TRecord other) => write(record, Kind.Combine(read(record), read(other)));

    internal override void ReadColumn(TRecord record, NpgsqlDataReader row, int ordinal) =>
        write(record, canBeNull && row.IsDBNull(ordinal) ? Kind.Empty : Kind.Read(row, ordinal));

    internal override object? ToColumn(TRecord record) => read(record) is { } value ? Kind.ToColumn(value) : null;

    internal override string? Problem(TRecord record, DateOnly today) => read(record) is { } value ? Kind.Problem(value, today) : null;

    public override (FieldValue<TRecord>? Value, string? Problem) TryRead(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
        {
            return (Kind.TakesNull ? With(Kind.Empty) : null, null);
        }

        return Kind.TryRead(ref reader, out var value) is { } problem ? (null, problem) : (With(value), null);
    }

    public override (FieldValue<TRecord>? Value, string? Problem) TryParse(string? text) =>
        string.IsNullOrWhiteSpace(text) ? (With(Kind.Empty), null)
        : Kind.TryParse(text, out var value) is { } problem ? (null, problem)
        : (With(value), null);
}
