using Microsoft.EntityFrameworkCore;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Links;
using Patron.Customers.Sync;
using Patron.Shared.Audit;
using Patron.Shared.Database;

namespace Patron.Customers.Database;

/// <summary>The schema <c>customers</c>, and the shared tables that its writes go with.</summary>
public sealed class CustomersContext : DbContext
{
    public CustomersContext(DbContextOptions<CustomersContext> options)
        : base(options)
    {
        // A use case undoes a failed save by its own transaction or savepoint; EF's would cost another round trip. The pool
        // keeps this for every later lease.
        Database.AutoSavepointsEnabled = false;
    }

    public DbSet<Customer> Customers => Set<Customer>();

    public DbSet<CustomerAddress> Addresses => Set<CustomerAddress>();

    internal DbSet<Consent> Consents => Set<Consent>();

    public DbSet<Offer> Offers => Set<Offer>();

    public DbSet<SyncRun> SyncRuns => Set<SyncRun>();

    internal DbSet<Partner> Partners => Set<Partner>();

    internal DbSet<ChangeRequest> ChangeRequests => Set<ChangeRequest>();

    public DbSet<AuditEntry> Audit => Set<AuditEntry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.HasDefaultSchema("customers");
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(CustomersContext).Assembly);
        modelBuilder.UseSharedTables();
        modelBuilder.UseSnakeCaseColumns();
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<CustomerType>().HaveConversion<EnumText<CustomerType>>();
        configurationBuilder.Properties<CustomerStatus>().HaveConversion<EnumText<CustomerStatus>>();
        configurationBuilder.Properties<CustomerStanding>().HaveConversion<EnumText<CustomerStanding>>();
        configurationBuilder.Properties<ContactMethod>().HaveConversion<EnumText<ContactMethod>>();
        configurationBuilder.Properties<EmailClaim>().HaveConversion<EnumText<EmailClaim>>();
        configurationBuilder.Properties<AddressType>().HaveConversion<EnumText<AddressType>>();
        configurationBuilder.Properties<LinkEvidence>().HaveConversion<EnumText<LinkEvidence>>();
        configurationBuilder.Properties<OfferState>().HaveConversion<EnumText<OfferState>>();
        configurationBuilder.Properties<OfferNaming>().HaveConversion<EnumText<OfferNaming>>();
        configurationBuilder.Properties<SyncState>().HaveConversion<EnumText<SyncState>>();
        configurationBuilder.Properties<SyncMode>().HaveConversion<EnumText<SyncMode>>();
        configurationBuilder.Properties<SyncStart>().HaveConversion<EnumText<SyncStart>>();
        configurationBuilder.Properties<SyncPhase>().HaveConversion<EnumText<SyncPhase>>();
        configurationBuilder.Properties<PartnerState>().HaveConversion<EnumText<PartnerState>>();
        configurationBuilder.Properties<ChangeAnswer>().HaveConversion<EnumText<ChangeAnswer>>();
        configurationBuilder.Properties<ConsentSource>().HaveConversion<EnumText<ConsentSource>>();
    }
}
