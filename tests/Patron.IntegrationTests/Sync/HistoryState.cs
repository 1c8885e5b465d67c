using System.Text.Json.Nodes;

namespace Patron.IntegrationTests.Sync;

/// <summary>A row of <c>customers.customers</c>.</summary>
internal sealed class CustomerRow(JsonObject row)
{
    public Guid Uid => Guid.Parse(Text("uid")!);

    public string? Partner => Text("erp_id");

    public string? EmailKey => Text("email_key");

    public bool IsClaimed => Text("claim") == "claimed";

    public string? User => Text("user_id");

    public string? Text(string field) => row[field]?.ToString() is { Length: > 0 } text ? text : null;
}

/// <summary>A row of <c>erp.partners</c>.</summary>
internal sealed class LedgerRowState(JsonObject row)
{
    public string Id => Text("external_id")!;

    public string State => Text("state")!;

    public string? Reason => Text("reason");

    public string? EmailKey => Text("email_key");

    public bool IsInErp => (bool)row["is_in_erp"]!;

    public Guid? Customer => Text("customer_uid") is { } uid ? Guid.Parse(uid) : null;

    public Guid? Successor => Text("successor_uid") is { } uid ? Guid.Parse(uid) : null;

    public string? Text(string field) => row[field]?.ToString() is { Length: > 0 } text ? text : null;

    public override string ToString() => $"{Id}: {State} {Reason}".TrimEnd();
}

/// <summary>The state of Patron after a history.</summary>
internal sealed record HistoryState(IReadOnlyList<CustomerRow> Customers, IReadOnlyList<LedgerRowState> Partners, long Readings, Func<string, string> Label)
{
    private static readonly string[] Shown =
        ["name", "customer_type", "email", "claim", "phone", "city", "address_line1", "reference", "status", "is_archived", "is_deleted"];

    /// <summary>The customers in an order that is the same in every world.</summary>
    public IReadOnlyList<CustomerRow> Ordered => [.. Customers.OrderBy(Describe, StringComparer.Ordinal)];

    public CustomerRow? Customer(Guid? uid) => Customers.SingleOrDefault(customer => customer.Uid == uid);

    public LedgerRowState? Line(string? partner) => Partners.SingleOrDefault(line => line.Id == partner);

    /// <summary>The state without values that may differ: numbers, times, versions, codes.</summary>
    public string Print()
    {
        // Customers by their values; equal ones by the partners that refer to them.
        var printed = Ordered.Select((customer, index) => (customer.Uid, Name: $"C{index}", Text: Describe(customer))).ToList();
        var names = printed.ToDictionary(one => one.Uid, one => one.Name);
        var lines = Partners.Select(line =>
            $"{Label(line.Id)}: {line.State} {line.Reason} {line.EmailKey} {(line.IsInErp ? "" : "away ")}{Name(line.Customer)} {(line.Successor is null ? "" : $"then {Name(line.Successor)}")}".TrimEnd());
        return string.Join('\n', printed.Select(one => $"{one.Name}: {one.Text}").Concat(lines.Order(StringComparer.Ordinal)));

        string Name(Guid? uid) => uid is { } known ? names.GetValueOrDefault(known, "nobody") : "";
    }

    public string Describe(CustomerRow customer) => string.Join(
        " | ", Shown.Select(field => customer.Text(field)).Append(customer.Partner is { } own ? Label(own) : "none").Append(customer.User is null ? "" : "account")
            .Append(string.Join(',', Partners.Where(line => line.Customer == customer.Uid || line.Successor == customer.Uid).Select(line => Label(line.Id)).Order(StringComparer.Ordinal))));
}
