using Patron.Accounts.Activation;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>How many customers get mail, how many already had an invitation, and which of the named ones cannot be activated.</summary>
public sealed record InvitedCustomers(int Invited, int AlreadyInvited, IReadOnlyList<string> NotWaiting);

/// <summary>
/// Invites customers of the home organization with an address but without an account: all who were not invited before, or the named ones,
/// also again if their last mail is a day old. It only stores the invitations; <see cref="MailInvitations"/> sends the mails at a limited
/// rate. For staff of home (403) and API keys with <c>customers:write</c>. Errors: 422 too many names.
/// </summary>
public sealed class InviteCustomers(WaitingCustomers waiting, ActivationInvitations invitations, HomeOrganization home)
{
    /// <summary>Maximum number of named customers.</summary>
    public const int MaxNamed = 1000;
    private const int PageSize = 1000;

    /// <summary>
    /// Names are <c>customer_id</c>, <c>account_number</c> or <c>uid</c>; null means all, up to <paramref name="limit"/>. A dry run only
    /// counts.
    /// </summary>
    public async Task<Result<InvitedCustomers>> HandleAsync(
        Caller caller, IReadOnlyCollection<string>? names, int? limit, bool dryRun, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        if (names is null)
        {
            return await InviteAllAsync(caller, limit ?? int.MaxValue, dryRun, cancellationToken);
        }

        return names.Count > MaxNamed
            ? Error.Invalid("customers", $"At most {MaxNamed} at once.")
            : await InviteNamedAsync(caller, names, dryRun, cancellationToken);
    }

    private async Task<InvitedCustomers> InviteAllAsync(Caller caller, int limit, bool dryRun, CancellationToken cancellationToken)
    {
        var done = new InvitedCustomers(0, 0, []);
        for (var after = 0L; done.Invited < limit;)
        {
            var page = await waiting.PageAsync(home.Id, after, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                break;
            }

            Guid[] uids = [.. page.Select(customer => customer.Uid)];
            var existing = (await invitations.FindInvitedAsync(uids, cancellationToken)).ToHashSet();
            Guid[] uninvited = [.. uids.Where(uid => !existing.Contains(uid)).Take(limit - done.Invited)];
            var invited = dryRun ? uninvited.Length : await invitations.AddAsync(caller, uninvited, again: false, cancellationToken);
            done = done with { Invited = done.Invited + invited, AlreadyInvited = done.AlreadyInvited + existing.Count };
            after = page[^1].Id;
        }

        return done;
    }

    private async Task<InvitedCustomers> InviteNamedAsync(
        Caller caller, IReadOnlyCollection<string> names, bool dryRun, CancellationToken cancellationToken)
    {
        var requested = names.OfType<string>().Distinct(StringComparer.Ordinal).ToList(); // JSON may hold null.
        var found = await waiting.FindAsync(home.Id, requested, cancellationToken);
        Guid[] uids = [.. found.Values.Select(customer => customer.Uid).Distinct()];
        var existing = await invitations.FindInvitedAsync(uids, cancellationToken);
        var invited = dryRun ? uids.Length : await invitations.AddAsync(caller, uids, again: true, cancellationToken);
        return new InvitedCustomers(invited, existing.Count, [.. requested.Where(name => !found.ContainsKey(name))]);
    }
}

/// <summary>Who may invite customers and see invitations.</summary>
internal static class InvitationAccess
{
    /// <summary>Returns null for staff of home and its API keys with the scope.</summary>
    internal static Error? Refusal(Caller caller, HomeOrganization home, string scope)
    {
        if (!caller.IsStaffOf(home.Id))
        {
            return Error.Forbidden("staff_required", "Only staff of the home organization can invite its customers.");
        }

        return caller.HasScope(scope) ? null : Error.Forbidden("scope_missing", $"This API key doesn't have the scope {scope}.");
    }
}
