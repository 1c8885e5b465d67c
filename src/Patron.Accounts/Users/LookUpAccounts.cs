using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Users;

/// <summary>
/// Accounts as customers' staff may know them (linking.md, 'Two services'): one sees oneself, staff and API keys of the acting organization
/// its members, an administrator everybody. At most <see cref="Most"/> at once.
/// </summary>
public sealed class LookUpAccounts(AccountsContext context, AccountsByEmail byEmail, DatabaseSession database)
{
    /// <summary>How many accounts can be asked for, or found, at once.</summary>
    public const int Most = 1000;

    private static readonly Error StaffOnly = Error.Forbidden("Only staff of the organization may do this.");
    private static readonly Error TooMany = Error.Invalid("query", $"More than {Most} people match; narrow your search.");
    private static readonly Expression<Func<User, AccountCard>> ToCard = user => new AccountCard(
        user.Id, user.Number, user.Email!, user.EmailConfirmed, user.FirstName, user.LastName, user.PhoneNumber) { TakenOverAt = user.TakenOverAt };

    /// <summary>Those of these accounts that the caller may see, in no order. Errors: 403 a key without a scope for customers, 422 too many ids.</summary>
    public async Task<Result<IReadOnlyList<AccountCard>>> ByIdAsync(Caller caller, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        if (RefuseKey(caller, Scopes.ReadCustomers, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (ids.Count > Most)
        {
            return Error.Invalid("ids", $"At most {Most} at once.");
        }

        var users = context.Users.Where(user => ids.Contains(user.Id));
        if (!caller.IsAdmin)
        {
            var isStaff = caller.IsStaff;
            users = users.Where(user => user.Id == caller.UserId
                || (isStaff && context.Members.Any(member => member.OrganizationId == caller.OrganizationId && member.UserId == user.Id)));
        }

        return await users.Select(ToCard).ToListAsync(cancellationToken);
    }

    /// <summary>
    /// The acting organization's members with these login addresses (as comparison keys), proven or not. Inside a transaction nobody proves or
    /// changes their addresses until it ends. Errors: 403 neither staff nor its key, 422 too many addresses.
    /// </summary>
    public async Task<Result<IReadOnlyList<AccountCard>>> ByEmailAsync(Caller caller, IReadOnlyCollection<string> normalizedEmails, CancellationToken cancellationToken)
    {
        if (RefuseUnlessStaff(caller, Scopes.ReadCustomers, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        return normalizedEmails.Count > Most
            ? Error.Invalid("emails", $"At most {Most} at once.")
            : await byEmail.FindAsync(caller.OrganizationId, normalizedEmails, cancellationToken);
    }

    /// <summary>
    /// The ids of the acting organization's members whom the criteria fit, in no order. Errors: 403 neither staff nor its key with
    /// <c>customers:read</c>, 422 too long, or too many of them.
    /// </summary>
    public async Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, UserCriteria criteria, CancellationToken cancellationToken)
    {
        if ((RefuseUnlessStaff(caller, Scopes.ReadCustomers) ?? criteria.Refusal()) is { } refused)
        {
            return refused;
        }

        var conditions = new AccountConditions(caller.OrganizationId, criteria);
        var ids = await database.OnConnectionAsync(connection => ReadIdsAsync(conditions, connection, cancellationToken), cancellationToken);
        return ids.Count > Most ? TooMany : ids;
    }

    /// <summary>The account with this number or UUID, unless it is switched off. For other modules, which decide what of it is shown to whom.</summary>
    public Task<AccountCard?> FindByReferenceAsync(string numberOrId, CancellationToken cancellationToken)
    {
        Guid? id = Guid.TryParse(numberOrId, out var uuid) ? uuid : null;
        long? number = long.TryParse(numberOrId, out var counted) ? counted : null;
        return context.Users.Where(user => (user.Id == id || user.Number == number) && user.DisabledAt == null).Select(ToCard).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>The numbers of these accounts. For other modules.</summary>
    public Task<Dictionary<Guid, long>> NumbersAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        context.Users.Where(user => ids.Contains(user.Id)).ToDictionaryAsync(user => user.Id, user => user.Number, cancellationToken);

    /// <summary>The account that somebody signs in to with this e-mail or user name. For other modules.</summary>
    public async Task<AccountCard?> FindByLoginAsync(string login, CancellationToken cancellationToken) =>
        await context.IdentifyAsync(login, cancellationToken) is { } user ? await FindByReferenceAsync(user.Id.ToString(), cancellationToken) : null;

    /// <summary>
    /// The account as it is and stays until the running transaction ends: nobody proves, renames or switches it off meanwhile. For other
    /// modules, which take their own locks after this one (linking.md, 'Proof').
    /// </summary>
    public async Task<AccountCard?> HoldAsync(Guid id, CancellationToken cancellationToken) =>
        (await context.Database.SqlQuery<AccountCard>(
            $"""
            SELECT id AS "Id", number AS "Number", email AS "Email", email_confirmed AS "EmailVerified", first_name AS "FirstName",
                last_name AS "LastName", phone_number AS "PhoneNumber", taken_over_at AS "TakenOverAt"
            FROM accounts.users WHERE id = {id} AND disabled_at IS NULL FOR SHARE
            """).ToListAsync(cancellationToken)).SingleOrDefault();

    /// <summary>
    /// The organization's customer members by number, from after one on: at most so many, for those who go through all of them. For other modules.
    /// </summary>
    public Task<List<AccountCard>> PageOfCustomersAsync(Guid organizationId, long after, int limit, CancellationToken cancellationToken) =>
        CustomersOf(organizationId).Where(user => user.Number > after).OrderBy(user => user.Number).Take(limit).Select(ToCard).ToListAsync(cancellationToken);

    /// <summary>How many of these accounts have a password. For other modules.</summary>
    public Task<long> CountWithPasswordAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken) =>
        context.Users.LongCountAsync(user => ids.Contains(user.Id) && user.PasswordHash != null, cancellationToken);

    /// <summary>How many they are.</summary>
    public Task<long> CountCustomersAsync(Guid organizationId, CancellationToken cancellationToken) => CustomersOf(organizationId).LongCountAsync(cancellationToken);

    private IQueryable<User> CustomersOf(Guid organizationId) => context.Users.Where(user => user.DisabledAt == null && context.Members.Any(
        member => member.OrganizationId == organizationId && member.UserId == user.Id && member.Role == OrganizationRole.Customer));

    private static async Task<List<Guid>> ReadIdsAsync(AccountConditions conditions, NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = conditions.Command(connection, Most + 1);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var ids = new List<Guid>();
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }

        return ids;
    }

    private static Error? RefuseUnlessStaff(Caller caller, params ReadOnlySpan<string> scopes) => caller.IsStaff ? RefuseKey(caller, scopes) : StaffOnly;

    private static Error? RefuseKey(Caller caller, params ReadOnlySpan<string> scopes)
    {
        foreach (var scope in scopes)
        {
            if (caller.HasScope(scope))
            {
                return null;
            }
        }

        return Error.Forbidden($"This API key does not have the scope {scopes[0]}.");
    }
}
