using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Duplicates;
using Patron.Customers.Matching;
using Patron.Dialects.Records;

namespace Patron.Dialects.Customers;

/// <summary>Why two customers look like one, or like two: a code for programs, words for people, and the strength in bits.</summary>
public sealed record DuplicateReasonAnswer(string Code, string Text, double Weight)
{
    internal static IReadOnlyList<DuplicateReasonAnswer> From(IEnumerable<ComparisonReason> reasons) =>
        [.. reasons.Select(reason => new DuplicateReasonAnswer(reason.Code, reason.Text, Math.Round(reason.Weight, 1)))];
}

/// <summary>Two customers that are probably one.</summary>
public sealed record DuplicateAnswer(
    long Id, double Score, long? Cluster, DateTimeOffset FoundAt, DateTimeOffset? DismissedAt, IReadOnlyList<CustomerListItem> Customers,
    IReadOnlyList<DuplicateReasonAnswer> Reasons)
{
    internal const string Example = $$"""
        {"id": 7, "score": 0.98, "cluster": 3, "found_at": "2026-11-29T10:30:00Z", "dismissed_at": null, "customers": [], "reasons": [{"code": "same_phone", "text": "same phone", "weight": 9.5}]}
        """;

    internal static DuplicateAnswer From(ShownDuplicate shown) => new(
        shown.Pair.Id, Round(shown.Pair.Score), shown.Pair.Cluster, shown.Pair.FoundAt, shown.Pair.DismissedAt,
        [new CustomerListItem(shown.CustomerA), new CustomerListItem(shown.CustomerB)], DuplicateReasonAnswer.From(shown.Reasons));

    /// <summary>More digits than these mean nothing.</summary>
    internal static double Round(double score) => Math.Round(score, 4);
}

/// <summary>A customer that the given values probably belong to.</summary>
public sealed record PossibleDuplicateAnswer(CustomerListItem Customer, double Score, IReadOnlyList<DuplicateReasonAnswer> Reasons)
{
    internal static PossibleDuplicateAnswer From(PossibleDuplicate possible) => new(
        new CustomerListItem(possible.Customer), DuplicateAnswer.Round(possible.Score), DuplicateReasonAnswer.From(possible.Reasons));
}

/// <summary>A new customer and, where it was asked for, the customers that are probably the same one.</summary>
[JsonConverter(typeof(RecordAnswerConverter<CreatedCustomerAnswer>))]
public sealed record CreatedCustomerAnswer(CustomerAnswer Created, IReadOnlyList<PossibleDuplicate>? PossibleDuplicates)
    : IRecordAnswer<CreatedCustomerAnswer>
{
    public static AnswerSchema<CreatedCustomerAnswer> Schema { get; } = new AnswerSchema<CreatedCustomerAnswer>()
        .Include(CustomerAnswer.Schema, answer => answer.Created)
        .Add(
            new Member("possible_duplicates", "array")
            {
                IsOptional = true,
                ItemType = "object",
                Description = "With check=duplicates: the customers that are probably the same one, as POST /api/v1/duplicates/check lists them.",
                Example = "[]",
            },
            Write,
            answer => answer.PossibleDuplicates is null);

    public static IReadOnlyList<Member> Members => Schema.Members;

    private static void Write(Utf8JsonWriter writer, CreatedCustomerAnswer answer) => JsonSerializer.Serialize(
        writer, answer.PossibleDuplicates!.Select(PossibleDuplicateAnswer.From), CustomersJson.Default.IEnumerablePossibleDuplicateAnswer);
}
