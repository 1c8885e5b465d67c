using Patron.Customers.Customers;

namespace Patron.Customers.Search.Filters;

/// <summary>What the values of a term say something about.</summary>
public enum FilterSubject
{
    /// <summary>The record: values that many customers share.</summary>
    Record,

    /// <summary>One customer: values that can name a person, which are removed when a job ends.</summary>
    Person,

    /// <summary>One customer, by what a separate accounts service keeps.</summary>
    Account,
}

/// <summary>One of the fixed values of a term. <paramref name="Sql"/> is a condition on the customer's row that is never null.</summary>
public sealed record FilterChoice(string Name, string Description, string Sql);

/// <summary>The condition for these values, of which one must hold.</summary>
public delegate string FilterCondition(FilterSql sql, IReadOnlyList<string> values);

/// <summary>
/// A term of the filter language, declared once. Modules add terms as services; one with the name of another adds choices to it.
/// </summary>
public sealed record FilterTerm(string Name, string Description)
{
    /// <summary>Other names that people may write.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>An example of a value.</summary>
    public string Example { get; init; } = "";

    /// <summary>The values of a term with fixed values; empty for one with free text.</summary>
    public IReadOnlyList<FilterChoice> Choices { get; init; } = [];

    public FilterSubject Subject { get; init; }

    /// <summary>The kind of places that the values are, for suggestions; null for others.</summary>
    public PlaceKind? Place { get; init; }

    /// <summary>Whether the values are tags, for suggestions.</summary>
    public bool IsTags { get; init; }

    /// <summary>Whether an index alone answers how many customers match, without reading their rows.</summary>
    public bool IsCovered { get; init; }

    /// <summary>The condition; only for terms without choices.</summary>
    public FilterCondition? Condition { get; init; }

    /// <summary>Returns what is wrong with a value, as a sentence, or null.</summary>
    public Func<string, string?>? Check { get; init; }

    internal IEnumerable<string> Names => [Name, .. Aliases];

    internal string ToSql(FilterSql sql, IReadOnlyList<string> values, bool isNegated)
    {
        if (Choices.Count == 0)
        {
            var condition = Condition!(sql, values);
            return isNegated ? $"({condition}) IS NOT TRUE" : $"({condition})";
        }

        var any = string.Join(" OR ", values.Select(value => Choices.First(choice => choice.Name == value).Sql));
        return isNegated ? $"NOT ({any})" : $"({any})";
    }
}
