using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Accounts.Users;

/// <summary>What a mail is for. Every purpose has a budget of its own for each mailbox, so using up one leaves the others untouched.</summary>
public enum MailPurpose
{
    /// <summary>Confirming the account's own address.</summary>
    Verification,

    /// <summary>Confirming an address that somebody wants to change to.</summary>
    EmailChange,

    /// <summary>A link to set a new password (<see cref="Passwords.ForgotPassword"/> adds a rule).</summary>
    PasswordReset,

    /// <summary>News that anybody can cause by typing an address, such as 'you already have an account'.</summary>
    Notice,

    /// <summary>News of what was done in an account by somebody who is in it.</summary>
    SecurityNotice,

    /// <summary>Staff of home invite a customer to set a first password.</summary>
    SetupInvitation,

    /// <summary>Joining an organization.</summary>
    Invitation,

    /// <summary>An organization would like to link a customer record to the account.</summary>
    Offer,
}

/// <summary>Whom a mail is about, as audit entries name it: an account, a customer, an organization.</summary>
public sealed record MailSubject(string Type, Guid Id)
{
    public static MailSubject Of(User user) => new("account", user.Id);
}

/// <summary>
/// Decides for every mail whether its mailbox may get one more of this purpose, over all senders, known addresses or not; whoever queues a mail
/// asks here first. Messages for a first password are the exception: they are counted when they are asked for, by the typed address
/// (<see cref="Activation.ActivationChallenges"/>). A withheld mail is told to staff by an audit entry <c>mail.withheld</c>, once for each
/// purpose, mailbox and window: nobody fills the log by asking again and again.
/// </summary>
public sealed partial class MailBudgets(
    AccountsContext context, Attempts attempts, IOptions<AccountsOptions> options, TimeProvider time, ILogger<MailBudgets> logger)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Takes one mail of the budget; false where it is used up, and then nothing may be queued. Two at once cannot both have the last.</summary>
    public async Task<bool> TryTakeAsync(Caller caller, MailPurpose purpose, string emailKey, MailSubject about, CancellationToken cancellationToken)
    {
        var (perHour, perDay) = BudgetOf(purpose);
        var kind = $"mail_{EnumText<MailPurpose>.ToText(purpose)}";
        var inHour = await attempts.CountAsync(kind, emailKey, Hour, cancellationToken);
        if (inHour > perHour)
        {
            return await WithholdAsync(caller, purpose, about, isFirst: inHour == perHour + 1, cancellationToken);
        }

        if (perDay is null)
        {
            return true;
        }

        var inDay = await attempts.CountAsync($"{kind}_day", emailKey, Day, cancellationToken);
        return inDay <= perDay || await WithholdAsync(caller, purpose, about, isFirst: inDay == perDay + 1, cancellationToken);
    }

    private (int PerHour, int? PerDay) BudgetOf(MailPurpose purpose) => purpose switch
    {
        MailPurpose.PasswordReset => (options.Value.ResetsPerMailboxAndHour, options.Value.ResetsPerMailboxAndDay),
        MailPurpose.SetupInvitation or MailPurpose.Invitation or MailPurpose.Offer =>
            (options.Value.InvitationsPerMailboxAndHour, options.Value.InvitationsPerMailboxAndDay),
        _ => (options.Value.MailsPerMailboxAndHour, null),
    };

    // Written at once and not by the change tracker: whoever asks may have changes that are not to be saved yet.
    private async Task<bool> WithholdAsync(Caller caller, MailPurpose purpose, MailSubject about, bool isFirst, CancellationToken cancellationToken)
    {
        if (isFirst)
        {
            var text = EnumText<MailPurpose>.ToText(purpose);
            LogWithheld(text, about.Type, about.Id);
            await context.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO shared.audit_entries (at, action, subject_type, subject_id, organization_id, actor_user_id, actor_key_id, address, user_agent, after)
                VALUES ({time.GetUtcNow()}, 'mail.withheld', {about.Type}, {about.Id}, {OrganizationOf(caller, purpose)}, {caller.UserId}, {caller.Key?.Id},
                    {caller.Origin.Address}, {caller.Origin.UserAgent}, jsonb_build_object('purpose', {text}))
                """, cancellationToken);
        }

        return false;
    }

    // What an organization sends is its staff's to see; the rest is the account's history.
    private static Guid? OrganizationOf(Caller caller, MailPurpose purpose) =>
        purpose is MailPurpose.SetupInvitation or MailPurpose.Invitation or MailPurpose.Offer ? caller.OrganizationId : null;

    [LoggerMessage(LogLevel.Warning, "A mail ({Purpose}) about {SubjectType} {SubjectId} was withheld: its mailbox has had too many")]
    private partial void LogWithheld(string purpose, string subjectType, Guid subjectId);
}
