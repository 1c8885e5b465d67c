using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Customers;

namespace Patron.Customers.Database;

// The tables' rules are in Migrations/*.sql. Here is only what EF needs to know to read and write them.
internal sealed class CustomerConfiguration : IEntityTypeConfiguration<Customer>
{
    public void Configure(EntityTypeBuilder<Customer> builder)
    {
        builder.ToTable("customers");
        builder.Property(customer => customer.Id).UseIdentityAlwaysColumn();
        builder.Property(customer => customer.Status).ValueGeneratedOnAddOrUpdate();
        builder.Property(customer => customer.IsActive).ValueGeneratedOnAddOrUpdate();
        builder.Property(customer => customer.IsVerified).ValueGeneratedOnAddOrUpdate();
        builder.Ignore(customer => customer.MergedInto);
        builder.Ignore(customer => customer.Incomplete);
        builder.ComplexProperty(customer => customer.Details, details =>
        {
            details.Property(row => row.NotificationPreferences).HasColumnType("jsonb");
            details.ComplexProperty(row => row.Address);
        });
    }
}
