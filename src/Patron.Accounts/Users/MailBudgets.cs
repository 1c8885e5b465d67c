using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Accounts.Users;

/// <summary>
/// The purpose of a mail. Each mailbox has a separate budget for each purpose, so using one up does not affect the others.
/// </summary>
public enum MailPurpose
{
    /// <summary>Confirming the account's own address.</summary>
    Verification,

    /// <summary>Confirming a new address.</summary>
    EmailChange,

    /// <summary>A link to set a new password (<see cref="Passwords.ForgotPassword"/> adds a rule).</summary>
    PasswordReset,

    /// <summary>A code to confirm who uses a session.</summary>
    ReauthenticationCode,

    /// <summary>A notice that anyone can cause by typing an address, such as 'you already have an account'.</summary>
    Notice,

    /// <summary>A notice about an action inside the account.</summary>
    SecurityNotice,

    /// <summary>Staff of home invite a customer to set a first password.</summary>
    SetupInvitation,

    /// <summary>Joining an organization.</summary>
    Invitation,

    /// <summary>An organization would like to link a customer record to the account.</summary>
    Offer,
}

/// <summary>The subject of a mail, as audit entries name it: an account, a customer, an organization.</summary>
public sealed record MailSubject(string Type, Guid Id)
{
    public static MailSubject Of(User user) => new("account", user.Id);
}

/// <summary>
/// Limits the mails of each purpose to a mailbox, over all senders, for known and unknown addresses. Every mail must be counted here before
/// it is queued, except those for a first password, which are counted by the typed address when they are requested (<see
/// cref="Activation.ActivationChallenges"/>). A withheld mail is recorded for staff as an audit entry <c>mail.withheld</c>, once for each
/// purpose, mailbox and window, so that repeated requests cannot fill the log.
/// </summary>
public sealed partial class MailBudgets(
    AccountsContext dbContext, Attempts attempts, IOptions<AccountsOptions> options, TimeProvider time, ILogger<MailBudgets> logger)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>
    /// Counts a mail. Returns false if the budget is used up; then no mail may be queued. Concurrent calls cannot both get the last one.
    /// </summary>
    public async Task<bool> TryAcquireAsync(
        Caller caller, MailPurpose purpose, string emailKey, MailSubject subject, CancellationToken cancellationToken)
    {
        var (perHour, perDay) = GetBudget(purpose);
        var kind = $"mail_{EnumNameConverter<MailPurpose>.ToText(purpose)}";
        var inHour = await attempts.CountAsync(kind, emailKey, Hour, cancellationToken);
        if (inHour > perHour)
        {
            return await WithholdAsync(caller, purpose, subject, isFirst: inHour == perHour + 1, cancellationToken);
        }

        if (perDay is null)
        {
            return true;
        }

        var inDay = await attempts.CountAsync($"{kind}_day", emailKey, Day, cancellationToken);
        return inDay <= perDay || await WithholdAsync(caller, purpose, subject, isFirst: inDay == perDay + 1, cancellationToken);
    }

    private (int PerHour, int? PerDay) GetBudget(MailPurpose purpose) => purpose switch
    {
        MailPurpose.PasswordReset => (options.Value.ResetsPerMailboxAndHour, options.Value.ResetsPerMailboxAndDay),
        MailPurpose.SetupInvitation or MailPurpose.Invitation or MailPurpose.Offer =>
            (options.Value.InvitationsPerMailboxAndHour, options.Value.InvitationsPerMailboxAndDay),
        _ => (options.Value.MailsPerMailboxAndHour, null),
    };

    // Written by SQL and not by the change tracker, which may hold changes that must not be saved yet.
    private async Task<bool> WithholdAsync(
        Caller caller, MailPurpose purpose, MailSubject subject, bool isFirst, CancellationToken cancellationToken)
    {
        if (isFirst)
        {
            var text = EnumNameConverter<MailPurpose>.ToText(purpose);
            LogWithheld(text, subject.Type, subject.Id);
            await dbContext.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, after)
                VALUES ({time.GetUtcNow()}, 'mail.withheld', {subject.Type}, {subject.Id}, {OrganizationOf(caller, purpose)}, {caller.UserId}, {caller.Key?.Id},
                    {caller.Origin.Address}, {caller.Origin.UserAgent}, jsonb_build_object('purpose', {text}))
                """, cancellationToken);
        }

        return false;
    }

    // Mails that an organization sends are visible to its staff; all others belong to the account's history.
    private static Guid? OrganizationOf(Caller caller, MailPurpose purpose) =>
        purpose is MailPurpose.SetupInvitation or MailPurpose.Invitation or MailPurpose.Offer ? caller.OrganizationId : null;

    [LoggerMessage(LogLevel.Warning, "Mail {Purpose} about {SubjectType} {SubjectId} withheld: mailbox limit reached")]
    private partial void LogWithheld(string purpose, string subjectType, Guid subjectId);
}
