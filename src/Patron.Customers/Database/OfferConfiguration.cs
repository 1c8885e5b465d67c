using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Customers;
using Patron.Customers.Links;

namespace Patron.Customers.Database;

internal sealed class OfferConfiguration : IEntityTypeConfiguration<Offer>
{
    public void Configure(EntityTypeBuilder<Offer> builder)
    {
        builder.ToTable("offers");
        builder.Property(offer => offer.Id).UseIdentityAlwaysColumn();
        builder.HasOne<Customer>().WithMany().HasForeignKey(offer => offer.CustomerUid).HasPrincipalKey(customer => customer.Uid);
    }
}
