using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Search.Filters;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>The first matches of a text that is being typed, and whether there are more.</summary>
public sealed record QuickResults(IReadOnlyList<Customer> Customers, bool HasMore)
{
    public static QuickResults None { get; } = new([], HasMore: false);
}

/// <summary>
/// Finds the first eight customers of the acting organization while a filter is typed, from two letters on: first the one that the text
/// identifies (customer_id, code, uid, reference, email address, phone, partner of the ERP), then, unless it is one of eight or more
/// characters, those whose name begins with it and other matches, the newest first. A filter with errors finds what its other parts find.
/// For staff and keys with <c>customers:read</c> (403 for others).
/// </summary>
public sealed class QuickFind(DatabaseSession session, AccountCopies accounts, CriteriaReader reader, FilterTerms terms)
{
    public const int MaxResults = 8;
    public const int MinLength = 2;

    // A longer text that identifies a customer is not the beginning of something else.
    private const int UnmistakableLength = 8;

    // Matches are ranked among the first so many that are found, whatever their number.
    private const int Candidates = 200;

    // One of these terms names one customer.
    private static readonly string[] Identifiers = ["id", "ref", "email", "erp"];

    public async Task<Result<QuickResults>> HandleAsync(Caller caller, string text, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var filter = terms.Parse(text.Trim());
        var words = filter.Parts.FirstOrDefault(part => part.Term is null && !part.IsNegated)?.Values[0];
        if (TextRules.Length(text.Trim()) < MinLength || filter.Parts.Count == 0 || reader.Problems(filter.Text).Count > 0)
        {
            return QuickResults.None;
        }

        var found = await session.OnReplicaAsync(
            async connection =>
            {
                var exact = filter is { Parts: [{ Term: null, IsNegated: false }] }
                    ? await FindExactAsync(connection, caller, words!, cancellationToken)
                    : [];
                var others = exact.Count > MaxResults || (exact.Count > 0 && TextRules.Length(words!) >= UnmistakableLength)
                    ? []
                    : await FindMatchesAsync(connection, caller, filter, words, cancellationToken);
                return exact.Concat(others).DistinctBy(customer => customer.Id).ToList();
            },
            cancellationToken);
        var shown = found.Take(MaxResults).ToList();
        var page = await accounts.AddAccountDataAsync(
            caller, new CustomerPage(shown, shown.Count, TotalIsExact: true), cancellationToken);
        return page.Select(customers => new QuickResults(customers.Customers, found.Count > MaxResults));
    }

    // Each identifier is a statement of its own, so that each uses its index.
    private async Task<List<Customer>> FindExactAsync(
        NpgsqlConnection connection, Caller caller, string words, CancellationToken cancellationToken)
    {
        var commands = new List<NpgsqlBatchCommand>();
        foreach (var term in Identifiers.Select(terms.Find).OfType<FilterTerm>())
        {
            var isAddress = term.Name == "email";
            if (isAddress != words.Contains('@', StringComparison.Ordinal) || words.Contains('*', StringComparison.Ordinal)
                || (term.Check?.Invoke(words)) is not null)
            {
                continue;
            }

            var criteria = new CustomerCriteria { Filter = $"{term.Name}:{FilterText.Quote(words)}" };
            var conditions = await reader.ReadAsync(connection, caller.OrganizationId, criteria, accounts: null, cancellationToken);
            commands.Add(conditions.Command(
                $"""
                SELECT {PageColumns.Listed.Names} FROM customers.customers c WHERE {conditions.Sql} LIMIT {MaxResults + 1}
                """));
        }

        return commands.Count == 0 ? [] : await ReadAsync(connection, commands, cancellationToken);
    }

    private async Task<List<Customer>> FindMatchesAsync(
        NpgsqlConnection connection, Caller caller, CustomerFilter filter, string? words, CancellationToken cancellationToken)
    {
        var criteria = new CustomerCriteria { Filter = filter.Text };
        var conditions = await reader.ReadAsync(connection, caller.OrganizationId, criteria, accounts: null, cancellationToken);
        var first = conditions.Add(FirstWord(words), NpgsqlDbType.Text);
        // The beginning of the search text is the first name, and the last name is the next line.
        var command = conditions.Command(
            $"""
            WITH found AS MATERIALIZED (
                SELECT id, search_text FROM customers.customers WHERE {conditions.Sql} LIMIT {Candidates}),
            page AS (
                SELECT id, substr(search_text, 1, 300) LIKE '% ' || shared.search_plain({first}) || '%' AS begins FROM found
                ORDER BY begins DESC, id DESC LIMIT {MaxResults + 1})
            SELECT {PageColumns.Listed.Names} FROM page JOIN customers.customers c USING (id) ORDER BY page.begins DESC, page.id DESC
            """);
        return await ReadAsync(connection, [command], cancellationToken);
    }

    private static string FirstWord(string? words) => words is not null && SearchText.Words(words) is [var first, ..] ? first : "";

    private static Task<List<Customer>> ReadAsync(
        NpgsqlConnection connection, IEnumerable<NpgsqlBatchCommand> commands, CancellationToken cancellationToken) =>
        PlannedBatch.ReadAsync(connection, commands, row => PageColumns.Listed.Read(new RowCursor(row)), cancellationToken);
}
