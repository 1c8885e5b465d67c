using System.Globalization;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>An organization of a list. Closed ones have the time.</summary>
public sealed record ListedOrganization(long Number, string Name, bool IsHome, DateTimeOffset CreatedAt, DateTimeOffset? ClosedAt);

/// <summary>A page of organizations by number, and the number after which the next page begins; null on the last.</summary>
public sealed record FoundOrganizations(IReadOnlyList<ListedOrganization> Rows, long? Next);

/// <summary>
/// Finds organizations by words of their names, or lists all, by number, also closed ones, for administrators (403 for others). Words match
/// as in a search for customers. The cost doesn't grow with the number of organizations. 422 for <c>search</c> and <c>limit</c>.
/// </summary>
public sealed class FindOrganizations(DatabaseSession database)
{
    public const int MaxLimit = 100;
    private const int MaxSearchLength = 100;

    // The expression of the index; each name begins with a blank, so that '% ab%' is the beginning of a word.
    private const string NameText = "(' ' || shared.search_fold(o.name))";

    internal static readonly Error AdminsOnly = Error.Forbidden("admin_required", "Only an administrator can see all organizations.");

    /// <summary>Builds the index of names.</summary>
    public static BackgroundMigration Index { get; } = IndexBuild.Of(
        "accounts.organization_names", "accounts.ix_organizations_name",
        "accounts.organizations USING gin ((' ' || shared.search_fold(name)) gin_trgm_ops)");

    public async Task<Result<FoundOrganizations>> HandleAsync(
        Caller caller, string? search, long after, int limit, CancellationToken cancellationToken)
    {
        if ((caller.IsAdmin ? Check(search, limit) : AdminsOnly) is { } refused)
        {
            return refused;
        }

        var values = new List<object> { after, limit + 1 };
        var condition = SearchText.NullIfEmpty(search) is { } query ? new TextSearch(NameText, Add).Anywhere(query) : "true";
        var sql = $"""
            SELECT o.number, o.name, o.is_home, o.created_at, o.closed_at FROM accounts.organizations o
            WHERE o.number > $1 AND {condition} ORDER BY o.number LIMIT $2
            """;
        var rows = await database.QueryAsync(sql, Read, cancellationToken, [.. values]);
        return rows.Count > limit
            ? new FoundOrganizations(rows[..limit], rows[limit - 1].Number)
            : new FoundOrganizations(rows, null);

        string Add(string text)
        {
            values.Add(text);
            return $"${values.Count.ToString(CultureInfo.InvariantCulture)}";
        }
    }

    private static Error? Check(string? search, int limit)
    {
        var errors = new FieldErrors();
        if (search is not null && (TextRules.IsLonger(search, MaxSearchLength) || TextRules.Problem(search) is not null))
        {
            errors.Add("search", $"Must have at most {MaxSearchLength} characters, without control characters.");
        }

        if (limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", $"Must be a number from 1 to {MaxLimit}.");
        }

        return errors.Any ? errors.ToError() : null;
    }

    private static ListedOrganization Read(RowCursor row) => new(row.Long(), row.Text(), row.Flag(), row.Time(), row.OptionalTime());
}
