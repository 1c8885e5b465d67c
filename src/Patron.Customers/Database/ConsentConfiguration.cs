using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Customers;

namespace Patron.Customers.Database;

internal sealed class ConsentConfiguration : IEntityTypeConfiguration<Consent>
{
    public void Configure(EntityTypeBuilder<Consent> builder)
    {
        builder.ToTable("consents");
        builder.Property(consent => consent.Id).UseIdentityAlwaysColumn();
        // Tells EF to insert the customer first. By uid, which is known beforehand: both go in one round trip.
        builder.HasOne<Customer>().WithMany().HasForeignKey(consent => consent.CustomerUid).HasPrincipalKey(customer => customer.Uid);
    }
}
