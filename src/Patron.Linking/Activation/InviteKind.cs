using Patron.Accounts.Activation;
using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Customers.Links;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Invites customers of the home organization, with the rights of <see cref="InviteCustomers"/>. Those who cannot activate an account are
/// listed as <c>not_waiting</c>; who has an invitation gets no other one. Mails cannot be undone.
/// </summary>
public sealed class InviteKind(WaitingCustomers waiting, ActivationInvitations invitations, HomeOrganization home) : IJobKind
{
    private const int Batch = 500;
    private static readonly Field<Customer>[] Touched = [CustomerSchema.EmailKey, CustomerSchema.Claim, CustomerSchema.UserId];

    public JobKind Kind => JobKind.Invite;

    public int MaxBatch => Batch;

    public Error? Refuse(Caller caller)
    {
        if (caller.OrganizationId != home.Id)
        {
            return Error.Forbidden("staff_required", "Only staff of the home organization can invite its customers.");
        }

        return InvitationAccess.Refusal(caller, home, Scopes.WriteCustomers);
    }

    public Result<JobChanges> ReadChanges(string json) => JobChanges.Empty(json, Touched);

    public async Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        Guid[] uids = [.. customers.Select(customer => customer.Uid)];
        var open = await waiting.FindAsync(home.Id, uids, cancellationToken);
        var invited = (await invitations.FindInvitedAsync(uids, cancellationToken)).ToHashSet();
        return [.. uids.Select(uid => Decide(open.ContainsKey(uid), invited.Contains(uid)))];
    }

    public async Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        await invitations.AddAsync(caller, [.. customers.Select(customer => customer.Uid)], again: false, cancellationToken);
        return new Dictionary<Guid, string>();
    }

    private static JobDecision Decide(bool isWaiting, bool isInvited)
    {
        if (isInvited)
        {
            return new JobDecision(JobRowState.Unchanged, "already_invited");
        }

        return isWaiting ? JobDecision.WouldChange : JobDecision.Cannot("not_waiting");
    }
}
