using Patron.Shared.Callers;

namespace Patron.Accounts.Sessions;

/// <summary>
/// One sign-in of a person on a device. Its refresh token holds the row's generation, which each rotation increments: no rows accumulate,
/// and a lower generation is always a reuse (design, 'Inside, decided').
/// </summary>
public sealed class Session
{
    private Session()
    {
    }

    public Guid Id { get; private set; }

    public Guid UserId { get; private set; }

    public int Generation { get; private set; }

    public DateTimeOffset? RotatedAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private set; }

    public DateTimeOffset LastUsedAt { get; private set; }

    /// <summary>When the person last proved again that they are its owner; null if not since the session began.</summary>
    public DateTimeOffset? ReauthenticatedAt { get; private set; }

    public DateTimeOffset ExpiresAt { get; private set; }

    public DateTimeOffset? EndedAt { get; private set; }

    public string? EndReason { get; private set; }

    public string Address { get; private set; } = "";

    public string? UserAgent { get; private set; }

    public static Session Start(Guid userId, RequestOrigin origin, TimeSpan lifetime, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = userId,
        CreatedAt = now,
        LastUsedAt = now,
        ExpiresAt = now + lifetime,
        Address = origin.Address,
        UserAgent = origin.UserAgent,
    };
}
