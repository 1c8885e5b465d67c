using Patron.IntegrationTests.Tradeline;

namespace Patron.IntegrationTests.Hosting;

/// <summary>Posts the forms of pages as a browser does, without following the redirect.</summary>
public static class PageIntents
{
    /// <summary>Opens a page as this person and posts a form of it.</summary>
    public static async Task<HttpResponseMessage> PostPageAsync(
        this PatronApp app, Person person, string page, string action, params (string Name, string Value)[] fields)
    {
        var session = $"sid={await app.CookieAsync(person.Email)}";
        using var opened = await app.Accounts.SendAsync(HttpMethod.Get, page, null, null, ("Cookie", session));
        var token = (await opened.Content.ReadAsStringAsync()).Split("name=\"form_token\" value=\"")[1].Split('"')[0];
        using var form = new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)), KeyValuePair.Create("form_token", token)]);
        return await app.Accounts.SendAsync(HttpMethod.Post, action, null, form, ("Cookie", $"{session}; form={opened.Cookie("form").Value}"));
    }
}
