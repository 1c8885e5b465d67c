using Patron.Linking.Timeline;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.AuditSearch;

/// <summary>Which audit entries are wanted; all conditions must hold, and without any it is every entry.</summary>
public sealed record AuditQuery
{
    public const int DefaultLimit = 100;

    public const int MaxLimit = 1000;

    private const int MaxTextLength = 100;

    /// <summary>The entries of all organizations, and those of none, such as sign-ins; only for administrators.</summary>
    public bool IsEverywhere { get; init; }

    public DateTimeOffset? From { get; init; }

    /// <summary>Entries before this time.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The beginning of the action: <c>customer.</c> finds all about records.</summary>
    public string? Action { get; init; }

    /// <summary>The UUID of a record, an account or anything else, or what a customer is called by.</summary>
    public string? Subject { get; init; }

    /// <summary>The UUID of an account or an API key.</summary>
    public Guid? Actor { get; init; }

    /// <summary>The email address of an account, instead of its UUID. One without an account finds nothing.</summary>
    public string? ActorEmail { get; init; }

    /// <summary>What the changes were a part of, such as <c>job:42</c>.</summary>
    public string? Cause { get; init; }

    public string? Cursor { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    internal Error? Check()
    {
        var errors = new FieldErrors();
        foreach (var (name, text) in new[] { ("action", Action), ("subject", Subject), ("actor", ActorEmail), ("cause", Cause) })
        {
            if (text is not null && (TextRules.IsLonger(text, MaxTextLength) || TextRules.Problem(text) is not null))
            {
                errors.Add(name, $"Must have at most {MaxTextLength} characters, without control characters.");
            }
        }

        if (Cursor is not null && !TimelineCursor.TryParse(Cursor, out _))
        {
            errors.Add("cursor", "Must be the cursor of a Link header.");
        }

        if (Limit is < 1 or > MaxLimit)
        {
            errors.Add("limit", $"Must be a number from 1 to {MaxLimit}.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}

/// <summary>An audit entry with the name of its actor. Address and device are null unless the caller is staff of home.</summary>
/// <param name="Id">Identifies the entry, and is the cursor of what came before it.</param>
public sealed record AuditRow(
    string Id, DateTimeOffset At, string Action, string SubjectType, Guid SubjectId, Guid? OrganizationId, TimelineActor Actor,
    string? Cause, string? Before, string? After)
{
    /// <summary>The name of the customer or, for staff of home, of the account; null for others, and if it is gone.</summary>
    public string? SubjectName { get; init; }

    public string? Address { get; init; }

    public string? UserAgent { get; init; }

    /// <summary>The changed fields with their values as texts.</summary>
    public IReadOnlyList<FieldChange> Changes => AuditValues.Read(Before, After);
}

/// <summary>A page of audit entries, newest first, and the cursor of the next one; null on the last.</summary>
public sealed record AuditPage(IReadOnlyList<AuditRow> Rows, string? Next);
