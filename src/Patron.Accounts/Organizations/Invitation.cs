using Patron.Shared.Callers;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// An invitation to become a member. It is accepted with the secret from the mail by a signed-in account, within 30 days.
/// </summary>
public sealed class Invitation
{
    public static readonly TimeSpan Life = TimeSpan.FromDays(30);

    private Invitation()
    {
    }

    public Guid Id { get; private set; }

    public Guid OrganizationId { get; private set; }

    public string Email { get; private set; } = "";

    public string NormalizedEmail { get; private set; } = "";

    public OrganizationRole Role { get; private set; }

    public Guid? InvitedBy { get; private set; }

    public byte[] SecretHash { get; private set; } = [];

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? AcceptedAt { get; private set; }

    public DateTimeOffset? WithdrawnAt { get; private set; }

    /// <summary>Creates an invitation and the secret for its mail.</summary>
    public static (Invitation Invitation, string Secret) Create(
        Guid organizationId, EmailAddress email, OrganizationRole role, Guid? invitedBy, DateTimeOffset now)
    {
        var secret = Secret.New();
        var invitation = new Invitation
        {
            Id = Guid.CreateVersion7(now),
            OrganizationId = organizationId,
            Email = email.Text,
            NormalizedEmail = email.Key,
            Role = role,
            InvitedBy = invitedBy,
            SecretHash = Secret.Hash(secret),
            CreatedAt = now,
            ExpiresAt = now + Life,
        };
        return (invitation, secret);
    }

    public void Accept(DateTimeOffset now) => AcceptedAt = now;
}
