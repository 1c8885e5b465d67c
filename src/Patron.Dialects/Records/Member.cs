using Patron.Customers.Schema;

namespace Patron.Dialects.Records;

/// <summary>A member of a JSON object that follows a record, with its description for the OpenAPI document.</summary>
public sealed record Member(string Name, string JsonType)
{
    public string? Format { get; init; }

    /// <summary>The type of the items of an array.</summary>
    public string ItemType { get; init; } = "string";

    public IReadOnlyList<string>? AllowedValues { get; init; }

    public int? MaxLength { get; init; }

    public bool IsNullable { get; init; }

    /// <summary>Whether answers can omit it.</summary>
    public bool IsOptional { get; init; }

    public string Description { get; init; } = "";

    /// <summary>An example in JSON.</summary>
    public string? Example { get; init; }

    /// <summary>The member of a record's field, under its own name or the dialect's.</summary>
    public static Member From<TRecord>(Field<TRecord> field, string? name = null)
        where TRecord : class => new(name ?? field.Name, field.JsonType)
        {
            Format = field.JsonFormat, AllowedValues = field.AllowedValues, MaxLength = field.MaxLength, IsNullable = field.CanBeNull || field.Reader == FieldReader.Staff,
            Description = field.Description, Example = field.Example,
        };
}

/// <summary>A type that declares its JSON members for the OpenAPI document.</summary>
public interface IDescribed
{
    static abstract IReadOnlyList<Member> Members { get; }
}
