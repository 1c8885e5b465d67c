using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Npgsql;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>Actions of tests on a separate process.</summary>
internal static class ProcessIntents
{
    /// <summary>Signs in and returns an access token.</summary>
    public static async Task<string> TokenAsync(this PatronProcess patron, string email = RunningPatron.AdminEmail, string password = RunningPatron.AdminPassword)
    {
        var answer = await patron.Client.PostAsJsonAsync("/api/auth/login/", new { email, password });
        return (await answer.ShouldBeAsync(HttpStatusCode.OK)).GetProperty("access_token").GetString()!;
    }

    /// <summary>Sends a request that creates a customer.</summary>
    public static async Task<HttpResponseMessage> PostCustomerAsync(this PatronProcess patron, string token, string email, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/customers/")
        {
            Content = JsonContent.Create(new { first_name = "John", last_name = "Doe", email }),
            Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) },
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await patron.Client.SendAsync(request);
    }

    public static async Task<HttpResponseMessage> GetAsync(this PatronProcess patron, string path, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", token) } };
        return await patron.Client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> PostRegistrationAsync(this PatronProcess patron, string email) => patron.Client.PostAsJsonAsync(
        "/api/auth/register/", new { email, first_name = "Jane", last_name = "Doe", password1 = Intents.GoodPassword, password2 = Intents.GoodPassword });

    /// <summary>Signs a person up with a new organization.</summary>
    public static Task<HttpResponseMessage> PostSignUpAsync(this PatronProcess patron, string email) => patron.Client.PostAsJsonAsync(
        "/api/users/", new { email, first_name = "Jane", last_name = "Doe", password = Intents.GoodPassword, organization_name = "Jane's" });

    /// <summary>The connection string of a folder's private database while its server runs.</summary>
    public static string ConnectionString(this DataFolder folder)
    {
        // The fifth line of the pid file is the socket folder.
        var socket = File.ReadLines(Path.Combine(folder.Cluster, "postmaster.pid")).ElementAt(4);
        return new NpgsqlConnectionStringBuilder { Host = socket, Port = 5432, Username = "patron", Database = "patron", Pooling = false }.ConnectionString;
    }

    public static async Task<long> CountAsync(string connectionString, string sql) => (long)(await DataFolder.ExecuteAsync(connectionString, sql))!;

    /// <summary>The detail of an error.</summary>
    public static string Detail(this JsonElement problem) => problem.GetProperty("detail").GetString()!;
}
