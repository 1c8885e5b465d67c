using Patron.Accounts.Users;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.Accounts;

public class MailedCodesTests
{
    private static readonly MailedCodes Codes = new(MasterKey.FromBase64("MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="));

    [Theory]
    [InlineData("123456", "123456")]
    [InlineData(" 123 456 ", "123456")]
    [InlineData("12345678", "12345678")]
    [InlineData("12345", null)]
    [InlineData("123456789", null)]
    [InlineData("12345a", null)]
    [InlineData("１２３４５６", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_code_is_six_to_eight_digits(string? typed, string? read) => Assert.Equal(read, MailedCodes.Read(typed));

    [Theory]
    [InlineData(6)]
    [InlineData(8)]
    public void New_codes_have_the_requested_number_of_digits_and_differ(int digits)
    {
        var codes = Enumerable.Range(0, 200).Select(_ => MailedCodes.New(digits)).ToList();
        Assert.All(codes, code => Assert.Matches($"^[0-9]{{{digits}}}$", code));
        Assert.InRange(codes.Distinct(StringComparer.Ordinal).Count(), 190, 200);
    }

    [Fact]
    public void A_code_matches_only_its_own_challenge()
    {
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        var hash = Codes.Hash(one, "123456");

        Assert.True(Codes.Matches(one, "123456", hash));
        Assert.False(Codes.Matches(one, "123457", hash));
        Assert.False(Codes.Matches(other, "123456", hash));
        Assert.False(Codes.Matches(one, "123456", null));
        Assert.False(new MailedCodes(MasterKey.FromBase64("MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")).Matches(one, "123456", hash));
    }
}
