using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Patron.Accounts.Activation;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Organizations;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;

namespace Patron.Accounts.Database;

// The constraints are in Migrations/*.sql. These classes hold only what EF needs to read and write the rows; the relationships tell EF in
// which order to insert.
internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users");
        builder.Property(user => user.Number).UseIdentityAlwaysColumn();
        builder.Property(user => user.ConcurrencyStamp).IsConcurrencyToken();
        builder.Property(user => user.Email).IsRequired();
        builder.Property(user => user.NormalizedEmail).IsRequired();
        builder.Ignore(user => user.PhoneNumberConfirmed);
        builder.Ignore(user => user.TwoFactorEnabled);
        builder.Ignore(user => user.LockoutEnd);
        builder.Ignore(user => user.LockoutEnabled);
        builder.Ignore(user => user.AccessFailedCount);
        builder.Ignore(user => user.Names);
    }
}

internal sealed class ChallengeConfiguration : IEntityTypeConfiguration<Challenge>
{
    public void Configure(EntityTypeBuilder<Challenge> builder)
    {
        builder.ToTable("challenges");
        builder.HasOne<User>().WithMany().HasForeignKey(challenge => challenge.UserId);
    }
}

internal sealed class ActivationChallengeConfiguration : IEntityTypeConfiguration<ActivationChallenge>
{
    public void Configure(EntityTypeBuilder<ActivationChallenge> builder) => builder.ToTable("activation_challenges");
}

internal sealed class ActivationInvitationConfiguration : IEntityTypeConfiguration<ActivationInvitation>
{
    public void Configure(EntityTypeBuilder<ActivationInvitation> builder)
    {
        builder.ToTable("activation_invitations");
        builder.Property(invitation => invitation.Id).UseIdentityAlwaysColumn();
    }
}

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions");
        builder.HasOne<User>().WithMany().HasForeignKey(session => session.UserId);
    }
}

internal sealed class OrganizationConfiguration : IEntityTypeConfiguration<Organization>
{
    public void Configure(EntityTypeBuilder<Organization> builder)
    {
        builder.ToTable("organizations");
        builder.Property(organization => organization.Number).UseIdentityAlwaysColumn();
    }
}

internal sealed class OrganizationMemberConfiguration : IEntityTypeConfiguration<OrganizationMember>
{
    public void Configure(EntityTypeBuilder<OrganizationMember> builder)
    {
        builder.ToTable("memberships");
        builder.HasKey(member => new { member.OrganizationId, member.UserId });
        builder.HasOne<Organization>().WithMany().HasForeignKey(member => member.OrganizationId);
        builder.HasOne<User>().WithMany().HasForeignKey(member => member.UserId);
    }
}

internal sealed class UserProfileConfiguration : IEntityTypeConfiguration<UserProfile>
{
    public void Configure(EntityTypeBuilder<UserProfile> builder)
    {
        builder.ToTable("profiles");
        builder.Property(profile => profile.Id).UseIdentityAlwaysColumn();
        builder.HasOne<User>().WithMany().HasForeignKey(profile => profile.UserId);
        builder.HasOne<Organization>().WithMany().HasForeignKey(profile => profile.OrganizationId);
    }
}

internal sealed class VendorConfiguration : IEntityTypeConfiguration<Vendor>
{
    public void Configure(EntityTypeBuilder<Vendor> builder)
    {
        builder.ToTable("vendors");
        builder.Property(vendor => vendor.Id).UseIdentityAlwaysColumn();
        builder.Ignore(vendor => vendor.Details);
        builder.HasOne<User>().WithMany().HasForeignKey(vendor => vendor.UserId);
        builder.HasOne<Organization>().WithMany().HasForeignKey(vendor => vendor.OrganizationId);
        builder.HasOne(vendor => vendor.Profile).WithMany().HasForeignKey(vendor => vendor.ProfileId);
    }
}

internal sealed class InvitationConfiguration : IEntityTypeConfiguration<Invitation>
{
    public void Configure(EntityTypeBuilder<Invitation> builder)
    {
        builder.ToTable("invitations");
        builder.HasOne<Organization>().WithMany().HasForeignKey(invitation => invitation.OrganizationId);
    }
}

internal sealed class ApiKeyConfiguration : IEntityTypeConfiguration<ApiKey>
{
    public void Configure(EntityTypeBuilder<ApiKey> builder)
    {
        builder.ToTable("api_keys");
        builder.HasOne<Organization>().WithMany().HasForeignKey(key => key.OrganizationId);
        builder.HasOne<User>().WithMany().HasForeignKey(key => key.CreatedBy);
    }
}
