using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;

namespace Patron.Customers.Database;

internal sealed class AddressConfiguration : IEntityTypeConfiguration<CustomerAddress>
{
    public void Configure(EntityTypeBuilder<CustomerAddress> builder)
    {
        builder.ToTable("addresses");
        builder.Property(address => address.Id).UseIdentityAlwaysColumn();
        builder.ComplexProperty(address => address.Address);
        builder.HasOne<Customer>().WithMany().HasForeignKey(address => address.CustomerUid).HasPrincipalKey(customer => customer.Uid);
    }
}
