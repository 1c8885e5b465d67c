using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Sync;

namespace Patron.Customers.Database;

internal sealed class PartnerConfiguration : IEntityTypeConfiguration<Partner>
{
    public void Configure(EntityTypeBuilder<Partner> builder)
    {
        builder.ToTable("erp_partners").HasKey(partner => partner.PartnerId);
        builder.Property(partner => partner.PartnerId).ValueGeneratedNever();
        builder.Property(partner => partner.Facts).HasColumnType("jsonb");
    }
}
