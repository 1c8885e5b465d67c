using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.ApiKeys;

/// <summary>A new key with its secret, which is not shown again.</summary>
public sealed record CreatedApiKey(ApiKey Key, string Secret)
{
    /// <summary>The value that a program sends as <c>X-Api-Key</c> or after <c>Authorization: token</c>.</summary>
    public string Credentials => $"{Key.Key}:{Secret}";
}

/// <summary>Creates an API key for the acting organization, valid for 1 to 3650 days. Errors: 403 not its owner, 422 by field.</summary>
public sealed class CreateApiKey(AccountsContext dbContext, DatabaseSession database, TimeProvider time)
{
    private static readonly Error OwnersOnly = Error.Forbidden(
        "owner_required", "Only an owner of the organization (role vendor) can create API keys for it.");

    public const int DefaultDays = 365;
    public const int MaxDays = 3650;
    private const int MaxNameLength = 100;

    public async Task<Result<CreatedApiKey>> HandleAsync(
        Caller caller, string? name, IReadOnlyList<string>? scopes, int? days, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return OwnersOnly;
        }

        var errors = new FieldErrors();
        var trimmedName = TextRules.NullIfBlank(name);
        if (trimmedName is null || TextRules.IsLonger(trimmedName, MaxNameLength))
        {
            errors.Add("name", $"Must have 1 to {MaxNameLength} characters that say what the key is for.");
        }
        else if (TextRules.Problem(trimmedName) is { } problem)
        {
            errors.Add("name", problem);
        }

        var unknown = scopes?.Except(Scopes.All, StringComparer.Ordinal).ToList();
        if (scopes is null or { Count: 0 } || unknown!.Count > 0)
        {
            errors.Add("scopes", $"Must have at least one of: {string.Join(", ", Scopes.All)}.");
        }

        if (days is < 1 or > MaxDays)
        {
            errors.Add("expires_in_days", $"Must be a number from 1 to {MaxDays}.");
        }

        if (errors.Any)
        {
            return errors.ToError();
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (await dbContext.ShareAsOwnerAsync(caller, OwnersOnly, cancellationToken) is { } refused)
        {
            return refused;
        }

        var now = time.GetUtcNow();
        var (key, secret) = ApiKey.Create(
            caller.OrganizationId, trimmedName!, scopes!.Distinct(StringComparer.Ordinal), TimeSpan.FromDays(days ?? DefaultDays),
            caller.UserId, now);
        dbContext.ApiKeys.Add(key);
        dbContext.Audit.Add(AuditEntry.For(caller, "api_key.created", "api_key", key.Id, now, key.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        return await transaction.CommitAsync(new CreatedApiKey(key, secret), cancellationToken);
    }
}
