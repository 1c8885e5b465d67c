using System.Text;
using Patron.IntegrationTests.Hosting;

namespace Patron.IntegrationTests.Outside;

/// <summary>What HTTP allows and clients and proxies send, whether or not the framework expects it.</summary>
public sealed class LegalHttpTests(OneProcess app) : IClassFixture<OneProcess>
{
    private const string Login = "/api/auth/login/";

    [Theory]
    [InlineData("application/json; charset=\"utf-8\"")]
    [InlineData("application/json;charset=\"UTF-8\"")]
    [InlineData("application/json; Charset=\"utf\\-8\"")]
    [InlineData("application/json; version=\"1;2\"; charset=\"utf-8\"; x=y")]
    [InlineData("application/json; charset=\"utf-8\"; charset=nonsense")]
    [InlineData("application/json; charset=\"us-ascii\"")]
    public async Task A_quoted_charset_is_read_as_without_quotes(string type) =>
        Assert.Equal(200, (await SignInAsync(type, Encoding.UTF8)).Status);

    [Fact]
    public async Task A_quoted_charset_other_than_UTF_8_is_the_one_that_is_read()
    {
        Assert.Equal(200, (await SignInAsync("application/json; charset=\"utf-16\"", Encoding.Unicode)).Status);

        var form = RawHttp.Request("POST", "/api/method/login", [("Content-Type", "application/x-www-form-urlencoded; charset=\"utf-16\"")], Encoding.Unicode.GetBytes($"usr={RunningPatron.AdminEmail}&pwd={RunningPatron.AdminPassword}"));
        Assert.Equal(200, (await RawHttp.SendAsync(app.Accounts.Address, form)).Status);
    }

    [Theory]
    [InlineData("charset=\"nonsense\"")]
    [InlineData("charset=\"\"")]
    [InlineData("charset=")]
    [InlineData("charset")]
    [InlineData("charset=\"")]
    [InlineData("charset=\"utf-8")]
    [InlineData("charset=utf-8\"")]
    [InlineData("charset='utf-8'")]
    [InlineData("charset=\"\"utf-8\"\"")]
    [InlineData("charset=\"\\\"utf-8\\\"\"")]
    [InlineData("charset=\" utf-8 \"")]
    [InlineData("charset=\"utf-8\\\"")]
    [InlineData("charset=\"utf-7\"")]
    [InlineData("charset=\"utf-8\0\"")]
    [InlineData("charset=nonsense; charset=\"utf-8\"")]
    public async Task A_charset_that_there_is_not_is_no_bug(string charset)
    {
        var answer = await SignInAsync($"application/json; {charset}", Encoding.UTF8);

        Assert.True(answer.Status is 200 or 400 or 415, $"{answer.Status} {answer.Body}");
    }

    [Fact]
    public async Task A_charset_of_thousands_of_characters_is_refused() =>
        Assert.Equal(415, (await SignInAsync($"application/json; charset=\"{new string('a', 20_000)}\"", Encoding.UTF8)).Status);

    private Task<RawAnswer> SignInAsync(string type, Encoding encoding) => RawHttp.SendAsync(
        app.Accounts.Address,
        RawHttp.Request("POST", Login, [("Content-Type", type)], encoding.GetBytes($$"""{"email": "{{RunningPatron.AdminEmail}}", "password": "{{RunningPatron.AdminPassword}}"}""")));
}
