using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.Accounts.Users;

/// <summary>What the secret of a mail allows.</summary>
public enum ChallengePurpose
{
    VerifyEmail,
    ChangeEmail,
    ResetPassword,
}

/// <summary>What a mailed secret can still do. Only the reader of the mailbox has the secret, so they may know.</summary>
public enum SecretStatus
{
    Usable,

    /// <summary>Nothing is left to do: its address is confirmed.</summary>
    Confirmed,

    /// <summary>Too old or used, but the account still has or waits for its address: a new one can be sent.</summary>
    Expired,

    /// <summary>Unknown, or the account has another address by now.</summary>
    Ended,
}

/// <summary>
/// A secret that was sent to a mailbox. It is stored as a hash, is bound to one address, and can be used once until it expires.
/// </summary>
public sealed class Challenge
{
    private Challenge()
    {
    }

    public Guid Id { get; private set; }

    public Guid UserId { get; private set; }

    public ChallengePurpose Purpose { get; private set; }

    public string Email { get; private set; } = "";

    public byte[] SecretHash { get; private set; } = [];

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? ConsumedAt { get; private set; }

    /// <summary>Whether the account still has, or still waits for, the address of the challenge.</summary>
    public bool IsFor(User user)
    {
        var expected = Purpose == ChallengePurpose.ChangeEmail ? user.PendingEmail : user.Email;
        return user.DisabledAt is null && expected is not null && HasAddress(expected);
    }

    /// <summary>What the secret can still do.</summary>
    public SecretStatus StatusOf(User user, DateTimeOffset now)
    {
        if (Purpose != ChallengePurpose.ResetPassword && user.EmailConfirmed && HasAddress(user.Email!))
        {
            return SecretStatus.Confirmed;
        }

        if (!IsFor(user))
        {
            return SecretStatus.Ended;
        }

        return ConsumedAt is null && ExpiresAt > now ? SecretStatus.Usable : SecretStatus.Expired;
    }

    /// <summary>The lifetime of a secret of this purpose.</summary>
    public static TimeSpan Life(ChallengePurpose purpose) =>
        purpose == ChallengePurpose.ResetPassword ? TimeSpan.FromHours(1) : TimeSpan.FromHours(24);

    /// <summary>Creates a challenge and the secret for its mail.</summary>
    public static (Challenge Challenge, string Secret) Create(Guid userId, ChallengePurpose purpose, EmailAddress email, DateTimeOffset now)
    {
        var secret = Secret.New();
        var challenge = new Challenge
        {
            Id = Guid.CreateVersion7(now),
            UserId = userId,
            Purpose = purpose,
            Email = email.Text,
            SecretHash = Secret.Hash(secret),
            CreatedAt = now,
            ExpiresAt = now + Life(purpose),
        };
        return (challenge, secret);
    }

    private bool HasAddress(string address) => EmailAddress.KeyOf(address) == EmailAddress.KeyOf(Email);
}
