using Microsoft.EntityFrameworkCore;
using Patron.Shared.Audit;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;

namespace Patron.Shared.Database;

/// <summary>Maps the shared tables that every module's context can write.</summary>
public static class SharedTables
{
    public static void UseSharedTables(this ModelBuilder model)
    {
        model.Entity<OutboxMessage>(message =>
        {
            message.ToTable("outbox_messages", "shared");
            message.Property(row => row.Id).UseIdentityAlwaysColumn();
            message.Property(row => row.Payload).HasColumnType("jsonb");
        });
        model.Entity<MailLogEntry>(entry =>
        {
            entry.ToTable("mail_log", "shared");
            entry.Property(row => row.Id).UseIdentityAlwaysColumn();
        });
        model.Entity<AuditEntry>(entry =>
        {
            entry.ToTable("audit_entries", "shared");
            entry.Property(row => row.Id).UseIdentityAlwaysColumn();
            entry.Property(row => row.Before).HasColumnType("jsonb");
            entry.Property(row => row.After).HasColumnType("jsonb");
        });
    }
}
