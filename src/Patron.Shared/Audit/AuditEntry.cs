using Patron.Shared.Callers;

namespace Patron.Shared.Audit;

/// <summary>Records who changed what, when and from where. It is written in the transaction of the change.</summary>
public sealed class AuditEntry
{
    private AuditEntry()
    {
    }

    public long Id { get; private set; }

    public DateTimeOffset At { get; private set; }

    /// <summary>The action, as noun and verb: <c>session.started</c>, <c>customer.changed</c>.</summary>
    public string Action { get; private set; } = "";

    public string SubjectType { get; private set; } = "";

    public Guid SubjectId { get; private set; }

    public Guid? OrganizationId { get; private set; }

    public Guid? ActorUserId { get; private set; }

    public Guid? ActorKeyId { get; private set; }

    public string Address { get; private set; } = "";

    public string? UserAgent { get; private set; }

    /// <summary>The changed fields with their old values, as a JSON object.</summary>
    public string? Before { get; private set; }

    /// <summary>The changed fields with their new values, as a JSON object.</summary>
    public string? After { get; private set; }

    /// <summary>The <see cref="Audit.Cause"/> of the change, as text; null for a change of its own.</summary>
    public string? Cause { get; private set; }

    /// <summary>
    /// An entry for an action of the caller. For an anonymous caller who is signing in, <paramref name="actorUserId"/> is the account.
    /// </summary>
    public static AuditEntry For(
        Caller caller, string action, string subjectType, Guid subjectId, DateTimeOffset at,
        Guid? organizationId = null, Guid? actorUserId = null, string? before = null, string? after = null) => new()
        {
            At = at,
            Action = action,
            SubjectType = subjectType,
            SubjectId = subjectId,
            OrganizationId = organizationId,
            ActorUserId = caller.UserId ?? actorUserId,
            ActorKeyId = caller.Key?.Id,
            Address = caller.Origin.Address,
            UserAgent = caller.Origin.UserAgent,
            Before = before,
            After = after,
            Cause = caller.Cause?.ToString(),
        };
}
