using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Customers;
using Patron.Customers.Erp;

namespace Patron.Customers.Database;

internal sealed class ChangeRequestConfiguration : IEntityTypeConfiguration<ChangeRequest>
{
    public void Configure(EntityTypeBuilder<ChangeRequest> builder)
    {
        builder.ToTable("change_requests");
        builder.Property(request => request.Id).UseIdentityAlwaysColumn();
        builder.HasOne<Customer>().WithMany().HasForeignKey(request => request.CustomerUid).HasPrincipalKey(customer => customer.Uid);
    }
}
