using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>The fields of an account that other modules see.</summary>
public sealed record AccountSummary(
    Guid Id, long Number, string Email, bool EmailVerified, string FirstName, string LastName, string? PhoneNumber)
{
    /// <summary>When a person with access to the mailbox took the account over from the one who had registered its address.</summary>
    public DateTimeOffset? TakenOverAt { get; init; }

    /// <summary>The language of the account; null if the person has none yet.</summary>
    public string? Language { get; init; }
}

/// <summary>
/// Finds accounts for users of customer records (linking.md, 'Two services'): people see themselves, staff and API keys of the acting
/// organization see its members, administrators see all. At most <see cref="MaxAccounts"/> at once.
/// </summary>
public sealed class LookUpAccounts(AccountsContext dbContext, AccountsByEmail byEmail, DatabaseSession database)
{
    /// <summary>Maximum number of accounts in a request or result.</summary>
    public const int MaxAccounts = 1000;

    private static readonly Error StaffOnly = Error.Forbidden("staff_required", "Only staff of the organization can do this.");
    private static readonly Error TooMany = Error.Invalid("query", $"More than {MaxAccounts} people match. Narrow your search.");
    private static readonly Expression<Func<User, AccountSummary>> ToCard = user => new AccountSummary(
        user.Id, user.Number, user.Email!, user.EmailConfirmed, user.FirstName, user.LastName,
        user.PhoneNumber) { TakenOverAt = user.TakenOverAt, Language = user.Language };

    /// <summary>
    /// Finds those of these accounts that the caller may see, in no order. Errors: 403 a key without a scope for customers, 422 too many
    /// ids.
    /// </summary>
    public async Task<Result<IReadOnlyList<AccountSummary>>> ByIdAsync(
        Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (RefuseKey(caller, Scopes.ReadCustomers, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (ids.Count > MaxAccounts)
        {
            return Error.Invalid("ids", $"At most {MaxAccounts} at once.");
        }

        var users = dbContext.Users.Where(user => ids.Contains(user.Id));
        if (!caller.IsAdmin)
        {
            var isStaff = caller.IsStaff;
            users = users.Where(user => user.Id == caller.UserId
                || (isStaff
                    && dbContext.Members.Any(member => member.OrganizationId == caller.OrganizationId && member.UserId == user.Id)));
        }

        return await users.Select(ToCard).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// Finds the acting organization's members with these login addresses (as comparison keys), proven or not. Inside a transaction the
    /// addresses stay as they are until it ends. Errors: 403 not its staff or API key, 422 too many addresses.
    /// </summary>
    public async Task<Result<IReadOnlyList<AccountSummary>>> ByEmailAsync(
        Caller caller, IReadOnlyCollection<string> normalizedEmails, CancellationToken cancellationToken)
    {
        if (RefuseUnlessStaff(caller, Scopes.ReadCustomers, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        return normalizedEmails.Count > MaxAccounts
            ? Error.Invalid("emails", $"At most {MaxAccounts} at once.")
            : await byEmail.FindAsync(caller.OrganizationId, normalizedEmails, cancellationToken);
    }

    /// <summary>
    /// Finds the ids of the acting organization's members that match the criteria, in no order. Errors: 403 not its staff or an API key
    /// with <c>customers:read</c>, 422 criteria too long or too many matches.
    /// </summary>
    public async Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, UserCriteria criteria, CancellationToken cancellationToken)
    {
        if ((RefuseUnlessStaff(caller, Scopes.ReadCustomers) ?? criteria.Refusal()) is { } refused)
        {
            return refused;
        }

        var conditions = new UserCriteriaSql(caller.OrganizationId, criteria);
        var ids = await database.OnConnectionAsync(
            connection => ReadIdsAsync(conditions, connection, cancellationToken), cancellationToken);
        return ids.Count > MaxAccounts ? TooMany : ids;
    }

    /// <summary>Finds the account with this number or UUID, unless it is disabled. For other modules; it does not check access.</summary>
    public Task<AccountSummary?> FindByReferenceAsync(string numberOrId, CancellationToken cancellationToken)
    {
        Guid? id = Guid.TryParse(numberOrId, out var uuid) ? uuid : null;
        long? number = long.TryParse(numberOrId, out var parsed) ? parsed : null;
        return dbContext.Users.Where(user => (user.Id == id || user.Number == number) && user.DisabledAt == null).Select(ToCard)
            .SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>Returns the numbers of these accounts. For other modules.</summary>
    public Task<Dictionary<Guid, long>> NumbersAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        dbContext.Users.Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Number, cancellationToken);

    /// <summary>Finds the account with this login email or username. For other modules.</summary>
    public async Task<AccountSummary?> FindByLoginAsync(string login, CancellationToken cancellationToken) =>
        await dbContext.FindByLoginAsync(login, cancellationToken) is { } user
            ? await FindByReferenceAsync(user.Id.ToString(), cancellationToken)
            : null;

    /// <summary>
    /// Locks and reads the account, so that its address, names and status stay as they are until the running transaction ends. For other
    /// modules, which take their own locks after this one (linking.md, 'Proof').
    /// </summary>
    public async Task<AccountSummary?> LockAsync(Guid id, CancellationToken cancellationToken) =>
        (await dbContext.Database.SqlQuery<AccountSummary>(
            $"""
            SELECT id AS "Id", number AS "Number", email AS "Email", email_confirmed AS "EmailVerified", first_name AS "FirstName",
                last_name AS "LastName", phone_number AS "PhoneNumber", taken_over_at AS "TakenOverAt", language AS "Language"
            FROM accounts.users WHERE id = {id} AND disabled_at IS NULL FOR SHARE
            """).ToListAsync(cancellationToken)).SingleOrDefault();

    /// <summary>
    /// Locks these accounts by ascending id until the running transaction ends, also disabled ones, against any change. For other modules.
    /// </summary>
    public Task LockAllAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        database.QueryAsync(
            "SELECT id FROM accounts.users WHERE id = ANY ($1) ORDER BY id FOR NO KEY UPDATE", row => row.Uuid(), cancellationToken,
            ids.ToArray());

    /// <summary>Reads a page of the organization's customer members after this number, ordered by number. For other modules.</summary>
    public Task<List<AccountSummary>> PageOfCustomersAsync(
        Guid organizationId, long after, int limit, CancellationToken cancellationToken) =>
        CustomersOf(organizationId)
            .Where(user => user.Number > after)
            .OrderBy(user => user.Number)
            .Take(limit)
            .Select(ToCard)
            .ToListAsync(cancellationToken);

    /// <summary>Counts those of these accounts that have a password. For other modules.</summary>
    public Task<long> CountWithPasswordAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        dbContext.Users.LongCountAsync(user => ids.Contains(user.Id) && user.PasswordHash != null, cancellationToken);

    /// <summary>Counts the organization's customer members.</summary>
    public Task<long> CountCustomersAsync(Guid organizationId, CancellationToken cancellationToken) =>
        CustomersOf(organizationId).LongCountAsync(cancellationToken);

    private IQueryable<User> CustomersOf(Guid organizationId) =>
        dbContext.Users.Where(user => user.DisabledAt == null && dbContext.Members.Any(
        member => member.OrganizationId == organizationId && member.UserId == user.Id && member.Role == OrganizationRole.Customer));

    private static async Task<List<Guid>> ReadIdsAsync(
        UserCriteriaSql conditions, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = conditions.CreateCommand(connection, MaxAccounts + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static Error? RefuseUnlessStaff(Caller caller, params ReadOnlySpan<string> scopes) =>
        caller.IsStaff ? RefuseKey(caller, scopes) : StaffOnly;

    private static Error? RefuseKey(Caller caller, params ReadOnlySpan<string> scopes)
    {
        foreach (var scope in scopes)
        {
            if (caller.HasScope(scope))
            {
                return null;
            }
        }

        return Error.Forbidden("scope_missing", $"This API key doesn't have the scope {scopes[0]}.");
    }
}
