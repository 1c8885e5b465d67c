using Patron.Shared.Text;

namespace Patron.Accounts.Activation;

/// <summary>
/// A request to set a first password for an address (linking.md, 'Activation'). Every address gets the same row. Only an address with an
/// unlinked customer gets a code and a link, which are stored as hashes.
/// </summary>
public sealed class ActivationChallenge
{
    /// <summary>Maximum number of codes that can be tried against one challenge.</summary>
    public const int MaxTries = 5;

    public static readonly TimeSpan CodeLifetime = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan LinkLifetime = TimeSpan.FromHours(24);

    private ActivationChallenge()
    {
    }

    public Guid Id { get; private set; }

    /// <summary>The comparison key of the typed address. Mail goes to the stored address only (linking.md, 'Proof').</summary>
    public string EmailKey { get; private set; } = "";

    /// <summary>The language of the page on which it was started.</summary>
    public string? Language { get; private set; }

    public byte[]? CodeHash { get; private set; }

    public byte[]? LinkHash { get; private set; }

    public int Tries { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    /// <summary>Null if only a link was requested.</summary>
    public DateTimeOffset? CodeExpiresAt { get; private set; }

    public DateTimeOffset LinkExpiresAt { get; private set; }

    public DateTimeOffset? ConsumedAt { get; private set; }

    public DateTimeOffset? SupersededAt { get; private set; }

    internal static ActivationChallenge Start(EmailAddress email, string? language, bool withCode, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        EmailKey = email.Key,
        Language = language,
        CreatedAt = now,
        CodeExpiresAt = withCode ? now + CodeLifetime : null,
        LinkExpiresAt = now + LinkLifetime,
    };
}
