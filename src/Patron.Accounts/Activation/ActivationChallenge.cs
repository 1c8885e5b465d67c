using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>
/// Somebody asked to set a first password for an address (linking.md, 'Activation'). Every address gets the same row; only where a customer
/// waits does it get a code and a link, by their hashes.
/// </summary>
public sealed class ActivationChallenge
{
    /// <summary>Wrong codes that one challenge takes.</summary>
    public const int MaxTries = 5;

    public static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LinkLife = TimeSpan.FromHours(24);

    private ActivationChallenge()
    {
    }

    public Guid Id { get; private set; }

    /// <summary>The comparison key of what was typed. Mail goes to the stored address only (linking.md, 'Proof').</summary>
    public string EmailKey { get; private set; } = "";

    public byte[]? CodeHash { get; private set; }

    public byte[]? LinkHash { get; private set; }

    public int Tries { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null where only a link was asked for.</summary>
    public DateTimeOffset? CodeExpiresAt { get; private set; }

    public DateTimeOffset LinkExpiresAt { get; private set; }

    public DateTimeOffset? ConsumedAt { get; private set; }

    public DateTimeOffset? SupersededAt { get; private set; }

    internal static ActivationChallenge Start(EmailAddress email, bool withCode, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        EmailKey = email.Key,
        CreatedAt = now,
        CodeExpiresAt = withCode ? now + CodeLife : null,
        LinkExpiresAt = now + LinkLife,
    };
}
