using Patron.Accounts.Activation;
using Patron.Customers.Customers;

namespace Patron.Linking;

/// <summary>What invitations to customers keep by customer.</summary>
internal sealed class InvitationReferences(ActivationInvitations invitations) : ICustomerReferences
{
    public Task MoveAsync(Guid organizationId, Guid absorbed, Guid survivor, CancellationToken cancellationToken) => invitations.MoveAsync(absorbed, survivor, cancellationToken);

    public Task ForgetAsync(Guid organizationId, IReadOnlyCollection<Guid> customers, CancellationToken cancellationToken) => invitations.RemoveAsync(customers, cancellationToken);
}
