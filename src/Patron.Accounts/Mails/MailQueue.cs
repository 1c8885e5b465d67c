using Patron.Accounts.Database;
using Patron.Shared.Mail;

namespace Patron.Accounts.Mails;

/// <summary>Queues mails. Every mail of Patron passes here, so that each has an entry in the mail log.</summary>
internal static class MailQueue
{
    /// <summary>Adds the mail and its entry in the log to the context; both are saved with the caller's other changes.</summary>
    public static void Queue(this AccountsContext dbContext, OutgoingMail mail, MailPerson person, DateTimeOffset now)
    {
        var entry = new MailLogEntry(mail.Kind, person, now);
        dbContext.MailLog.Add(entry);
        dbContext.Outbox.Add(mail.ToOutbox(entry));
    }
}
