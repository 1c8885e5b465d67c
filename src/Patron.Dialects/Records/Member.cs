using Patron.Customers.Schema;

namespace Patron.Dialects.Records;

/// <summary>One name of a JSON object that follows a record, as the API's description tells it.</summary>
public sealed record Member(string Name, string JsonType)
{
    public string? Format { get; init; }

    public IReadOnlyList<string>? Words { get; init; }

    public int? MaxLength { get; init; }

    public bool IsNullable { get; init; }

    /// <summary>Answers leave it out where there is nothing to say.</summary>
    public bool IsLeftOut { get; init; }

    public string Description { get; init; } = "";

    /// <summary>As JSON.</summary>
    public string? Example { get; init; }

    /// <summary>A declared field under its name, or another one that the dialect has for it.</summary>
    public static Member Of<TRecord>(Field<TRecord> field, string? name = null)
        where TRecord : class => new(name ?? field.Name, field.JsonType)
        {
            Format = field.JsonFormat, Words = field.Words, MaxLength = field.MaxLength, IsNullable = field.CanBeNull, Description = field.Description, Example = field.Example,
        };
}

/// <summary>A type whose JSON follows a record: the API's description takes its members from here.</summary>
public interface IDescribed
{
    static abstract IReadOnlyList<Member> Members { get; }
}
