using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Options;
using Patron.Accounts;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Secrets;
using Patron.Shared.Text;

namespace Patron.UnitTests.Accounts;

public class SessionCookiesTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly MasterKey Master = MasterKey.FromBase64(Convert.ToBase64String(new byte[32]));
    private static readonly SessionCookies Cookies = new(Master, Options.Create(new AccountsOptions()));

    [Fact]
    public void A_written_cookie_can_be_read() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<Guid>(), session => Cookies.Read(Write(Cookies, session)) == session));

    [Fact]
    public void A_cookie_with_any_changed_character_is_refused()
    {
        var cookie = Write(Cookies, Guid.CreateVersion7());
        for (var place = 0; place < cookie.Length; place++)
        {
            foreach (var other in Alphabet.Where(letter => letter != cookie[place]))
            {
                Assert.Null(Cookies.Read(cookie[..place] + other + cookie[(place + 1)..]));
            }
        }
    }

    [Fact]
    public void Other_texts_are_refused() =>
        Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string?>(), text => Cookies.Read(text) is null));

    [Fact]
    public void Another_installation_s_cookie_and_this_one_s_refresh_token_are_refused()
    {
        var session = Guid.CreateVersion7();
        var other = new SessionCookies(MasterKey.FromBase64(Convert.ToBase64String([.. Enumerable.Repeat((byte)1, 32)])), Options.Create(new AccountsOptions()));
        Assert.Null(Cookies.Read(Write(other, session)));
        Assert.Null(Cookies.Read(new RefreshTokens(Master).Write(session, 0)));
        Assert.Null(new RefreshTokens(Master).Read(Write(Cookies, session)));
    }

    [Fact]
    public void A_cookie_has_the_lifetime_of_the_session_and_needs_no_escaping()
    {
        var cookie = Cookies.For(SignedInTo(Guid.CreateVersion7()));
        Assert.Equal(TimeSpan.FromDays(90), cookie.Life);
        Assert.Matches("^[A-Za-z0-9_-]{64}$", cookie.Value);
    }

    private static string Write(SessionCookies cookies, Guid session) => cookies.For(SignedInTo(session)).Value;

    private static SignedIn SignedInTo(Guid session) => new(
        User.Create(new EmailAddress("jane@example.com", "jane@example.com"), new PersonNames("Jane", "Doe", null, null), DateTimeOffset.UnixEpoch),
        UserRoles.Customer, new TokenPair("", ""), session);
}
