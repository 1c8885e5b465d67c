using FsCheck;
using FsCheck.Fluent;
using Patron.Accounts.Sessions;
using Patron.Shared.Secrets;

namespace Patron.UnitTests.Accounts;

public class RefreshTokensTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly RefreshTokens Tokens = new(MasterKey.FromBase64(Convert.ToBase64String(new byte[32])));

    [Fact]
    public void A_written_token_can_be_read() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<Guid>(), ArbMap.Default.ArbFor<int>(), (session, generation) =>
            Tokens.Read(Tokens.Write(session, generation)) == new RefreshTokenContent(session, generation)
            && Tokens.Write(session, generation) == Tokens.Write(session, generation)));

    [Fact]
    public void A_token_with_any_changed_character_is_refused()
    {
        var token = Tokens.Write(Guid.CreateVersion7(), 7);
        for (var place = 0; place < token.Length; place++)
        {
            foreach (var other in Alphabet.Where(letter => letter != token[place]))
            {
                Assert.Null(Tokens.Read(token[..place] + other + token[(place + 1)..]));
            }
        }
    }

    [Fact]
    public void Other_texts_are_refused() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => Tokens.Read(text) is null));

    [Theory]
    [InlineData(" ", "")]
    [InlineData("", " ")]
    [InlineData("", "=")]
    [InlineData("", "\n")]
    [InlineData("A", "")]
    public void A_token_with_text_around_it_is_refused(string before, string after) =>
        Assert.Null(Tokens.Read(before + Tokens.Write(Guid.CreateVersion7(), 0) + after));

    [Fact]
    public void Another_installation_s_token_is_refused()
    {
        var other = new RefreshTokens(MasterKey.FromBase64(Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)])));
        Assert.Null(Tokens.Read(other.Write(Guid.CreateVersion7(), 0)));
    }

    [Fact]
    public void A_token_is_URL_safe() => Assert.Matches("^[A-Za-z0-9_-]{70}$", Tokens.Write(Guid.CreateVersion7(), int.MaxValue));
}
