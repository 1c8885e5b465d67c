using FsCheck;
using FsCheck.Fluent;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Tokens;

namespace Patron.UnitTests.Shared;

public class ActingOrganizationTests
{
    private static readonly Guid Home = new("0198c0de-0000-7000-8000-000000000001");
    private static readonly Guid Second = new("0198c0de-0000-7000-8000-000000000002");
    private static readonly Guid Third = new("0198c0de-0000-7000-8000-000000000003");

    [Fact]
    public async Task Without_a_header_a_member_of_home_acts_in_home()
    {
        Assert.Equal(Home, await ActsInAsync(Person(Second, Home)));
        Assert.Equal(Home, await ActsInAsync(Person(Home)));
    }

    [Fact]
    public async Task Without_a_header_a_single_membership_is_used_and_of_several_none()
    {
        Assert.Equal(Second, await ActsInAsync(Person(Second)));
        Assert.Equal(Home, await ActsInAsync(Person(Second, Third)));
        Assert.Equal(Home, await ActsInAsync(Person()));
        Assert.Equal(Home, await ActsInAsync(Person() with { IsAdmin = true }));
    }

    [Fact]
    public async Task Key_acts_in_its_organization()
    {
        Assert.Equal(Second, await ActsInAsync(Key(Second)));
        Assert.Equal(Second, await ActsInAsync(Key(Second), "2"));
        Assert.Null(await ActsInAsync(Key(Second), "1"));
        Assert.Null(await ActsInAsync(Key(Second), Third.ToString()));
    }

    [Theory]
    [InlineData("2")]
    [InlineData(" 2 ")]
    [InlineData("0198c0de-0000-7000-8000-000000000002")]
    [InlineData("0198C0DE-0000-7000-8000-000000000002")]
    public async Task Header_selects_an_organization_by_number_or_UUID(string header) => Assert.Equal(Second, await ActsInAsync(Person(Home, Second), header));

    [Theory]
    [InlineData("3")]
    [InlineData("0198c0de-0000-7000-8000-000000000003")]
    [InlineData("99")]
    [InlineData("nonsense")]
    [InlineData("1.0")]
    public async Task Organization_of_others_is_not_found(string header) => Assert.Null(await ActsInAsync(Person(Home, Second), header));

    [Fact]
    public async Task Administrator_acts_in_every_existing_organization()
    {
        Assert.Equal(Third, await ActsInAsync(Person(Home) with { IsAdmin = true }, "3"));
        Assert.Null(await ActsInAsync(Person(Home) with { IsAdmin = true }, "99"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public async Task Blank_header_is_ignored(string? header) => Assert.Equal(Second, await ActsInAsync(Person(Second), header));

    [Fact]
    public void Only_administrators_have_permissions_without_a_membership() =>
        Check.QuickThrowOnFailure(Prop.ForAll(
            Gen.SubListOf(Home, Second, Third).ToArbitrary(), Gen.Elements("1", "2", "3", "4", "x", "").ToArbitrary(), (organizations, header) =>
            {
                var caller = Person([.. organizations]);
                var acting = ActsInAsync(caller, header).GetAwaiter().GetResult();
                return acting is null || acting == Home || organizations.Contains(acting.Value);
            }));

    [Fact]
    public void Permissions_come_from_membership_in_the_organization()
    {
        var vendor = Person() with { Memberships = [new(Home, 1, OrganizationRole.Customer), new(Second, 2, OrganizationRole.Vendor), new(Third, 3, OrganizationRole.Employee)] };
        Assert.False((vendor with { OrganizationId = Home }).IsStaff);
        Assert.True((vendor with { OrganizationId = Second }).IsStaff);
        Assert.True((vendor with { OrganizationId = Third }).IsStaff);
        Assert.True(vendor.IsVendorOf(Second));
        Assert.False(vendor.IsVendorOf(Third));
        Assert.True(Key(Second).IsStaffOf(Second));
        Assert.False(Key(Second).IsVendorOf(Second));
        Assert.False(Key(Second).IsStaffOf(Home));
        Assert.False(Key(Second).HasScope("customers:write"));
        Assert.True(vendor.HasScope("customers:write"));
    }

    private static async Task<Guid?> ActsInAsync(Caller caller, string? header = null)
    {
        var result = await ActingOrganization.ResolveAsync(caller, header, Home, new Organizations(), CancellationToken.None);
        if (result.Succeeded(out var acting, out var error))
        {
            return acting.OrganizationId;
        }

        Assert.Equal(ErrorKind.NotFound, error.Kind);
        return null;
    }

    private static Caller Person(params Guid[] organizations) => new()
    {
        UserId = Guid.NewGuid(),
        Memberships = [.. organizations.Select(id => new Membership(id, Number(id), OrganizationRole.Employee))],
        Origin = RequestOrigin.Local,
    };

    private static Caller Key(Guid organization) => new() { Key = new ApiKeyGrant(Guid.NewGuid(), organization, ["customers:read"]), Origin = RequestOrigin.Local };

    private static long Number(Guid id) => id.ToByteArray()[^1];

    // Knows three organizations.
    private sealed class Organizations : ICallerSource
    {
        public ValueTask<Caller?> FromCookieAsync(string cookie, RequestOrigin origin, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Caller?> FromTokenAsync(AccessTokenClaims claims, ForwardedToken token, RequestOrigin origin, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Caller?> FromApiKeyAsync(string credentials, RequestOrigin origin, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Caller?> RestoreAsync(StoredCaller stored, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<Guid?> FindOrganizationAsync(string numberOrId, CancellationToken cancellationToken) =>
            ValueTask.FromResult(new Guid?[] { Home, Second, Third }.FirstOrDefault(id => id.ToString() == numberOrId || $"{Number(id!.Value)}" == numberOrId));
    }
}
