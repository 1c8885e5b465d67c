using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Customers.Sync;

namespace Patron.Customers.Database;

internal sealed class SyncRunConfiguration : IEntityTypeConfiguration<SyncRun>
{
    public void Configure(EntityTypeBuilder<SyncRun> builder)
    {
        builder.ToTable("sync_runs");
        builder.Property(run => run.Id).UseIdentityAlwaysColumn();
        builder.Property(run => run.Figures).HasColumnType("jsonb");
    }
}
