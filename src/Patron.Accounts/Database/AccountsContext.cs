using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Activation;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Database;
using Patron.Shared.Mail;
using Patron.Shared.Outbox;

namespace Patron.Accounts.Database;

/// <summary>The schema <c>accounts</c>, and the shared tables that are written in the same transactions.</summary>
public sealed class AccountsContext(DbContextOptions<AccountsContext> options) : DbContext(options)
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Challenge> Challenges => Set<Challenge>();

    public DbSet<ActivationChallenge> ActivationChallenges => Set<ActivationChallenge>();

    public DbSet<ActivationInvitation> ActivationInvitations => Set<ActivationInvitation>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<Organization> Organizations => Set<Organization>();

    public DbSet<OrganizationMember> Members => Set<OrganizationMember>();

    public DbSet<UserProfile> Profiles => Set<UserProfile>();

    public DbSet<Vendor> Vendors => Set<Vendor>();

    public DbSet<Invitation> Invitations => Set<Invitation>();

    public DbSet<ApiKey> ApiKeys => Set<ApiKey>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    public DbSet<OutboxMessage> Outbox => Set<OutboxMessage>();

    public DbSet<MailLogEntry> MailLog => Set<MailLogEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("accounts");
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(AccountsContext).Assembly);
        modelBuilder.UseSharedTables();
        modelBuilder.UseSnakeCaseColumns();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<ChallengePurpose>().HaveConversion<EnumNameConverter<ChallengePurpose>>();
        configurationBuilder.Properties<Patron.Shared.Callers.OrganizationRole>()
            .HaveConversion<EnumNameConverter<Patron.Shared.Callers.OrganizationRole>>();
        configurationBuilder.Properties<ProfileType>().HaveConversion<EnumNameConverter<ProfileType>>();
        configurationBuilder.Properties<VendorStatus>().HaveConversion<EnumNameConverter<VendorStatus>>();
        configurationBuilder.Properties<MailKind>().HaveConversion<EnumNameConverter<MailKind>>();
        configurationBuilder.Properties<MailState>().HaveConversion<EnumNameConverter<MailState>>();
    }
}
