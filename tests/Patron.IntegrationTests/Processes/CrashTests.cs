using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Patron.IntegrationTests.Hosting;
using Patron.IntegrationTests.PrivatePostgres;

namespace Patron.IntegrationTests.Processes;

/// <summary>A data folder whose Patron is killed repeatedly; each test starts with a running one.</summary>
public sealed class CrashingPatron : IAsyncDisposable
{
    private readonly DataFolder folder = new();
    private PatronProcess? process;

    internal DataFolder Folder => folder;

    internal async Task<PatronProcess> RunningAsync()
    {
        if (process is { IsRunning: true })
        {
            return process;
        }

        if (!Directory.Exists(folder.Location))
        {
            await PreparedFolder.CopyToAsync(folder);
        }

        await EndAsync();
        return process = await PatronProcess.StartAsync(folder.Location);
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        folder.Dispose();
    }

    // A start that fails afterwards must not leave the next test a process that is gone.
    private async Task EndAsync()
    {
        if (process is { } ended)
        {
            process = null;
            await ended.DisposeAsync();
        }
    }
}

public sealed class CrashTests(CrashingPatron patron) : IClassFixture<CrashingPatron>
{
    private static readonly TimeSpan MaxDowntime = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Killed_server_loses_no_acknowledged_write_and_leaves_none_incomplete()
    {
        var writing = new Writing(await patron.RunningAsync());
        await writing.UntilAcknowledgedAsync(customers: 40, accounts: 6);

        await writing.Patron.KillAsync();
        await writing.EndAsync();

        await ShouldBeWholeAsync(await patron.RunningAsync(), writing);
    }

    [Fact]
    public async Task Killed_server_and_database_lose_no_acknowledged_write()
    {
        var writing = new Writing(await patron.RunningAsync());
        await writing.UntilAcknowledgedAsync(customers: 40, accounts: 4);

        patron.Folder.KillPostmaster();
        await writing.Patron.KillAsync();
        await writing.EndAsync();

        await ShouldBeWholeAsync(await patron.RunningAsync(), writing);
    }

    [Fact]
    public async Task Killed_database_causes_503_until_it_is_restarted()
    {
        var running = await patron.RunningAsync();
        var writing = new Writing(running);
        await writing.UntilAcknowledgedAsync(customers: 40, accounts: 4);

        patron.Folder.KillPostmaster();
        var watch = Stopwatch.StartNew();
        await writing.UntilRefusedAsync();
        var before = writing.Acknowledged;
        await writing.UntilAcknowledgedAsync(customers: before + 10, accounts: 0);
        var away = watch.Elapsed;
        await writing.StopAsync();

        Assert.True(away < MaxDowntime, $"The database came back after {away}.");
        Assert.All(writing.OtherAnswers, answer => Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status));
        Assert.All(writing.OtherAnswers, answer => Assert.Matches("Nothing was changed. Please try again|We don.{1,6}t know whether your change was made", answer.Body));
        await running.ReadyAsync();
        await ShouldBeWholeAsync(running, writing);
    }

    [Fact]
    public async Task Create_repeated_with_its_key_after_a_crash_creates_one_record()
    {
        var running = await patron.RunningAsync();
        var token = await running.TokenAsync();
        var emails = Enumerable.Range(0, 30).Select(_ => Intents.NewEmail("repeated")).ToList();
        var answered = 0;

        var first = emails.Select(async email =>
        {
            try
            {
                using var answer = await running.PostCustomerAsync(token, email, email);
                Interlocked.Increment(ref answered);
            }
            catch (HttpRequestException)
            {
                // The server was killed before it answered.
            }
        }).ToList();
        await running.UntilAsync(() => Task.FromResult(Volatile.Read(ref answered) > 3));
        await running.KillAsync();
        await Task.WhenAll(first);

        var again = await patron.RunningAsync();
        var answers = await Task.WhenAll(emails.Select(email => again.PostCustomerAsync(token, email, email)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Created, answer.StatusCode));
        Assert.Equal(emails.Count, await ProcessIntents.CountAsync(patron.Folder.ConnectionString(), "SELECT count(*) FROM customers.customers WHERE email LIKE 'repeated%'"));
    }

    // All acknowledged writes exist, and everything that exists is complete.
    private async Task ShouldBeWholeAsync(PatronProcess running, Writing writing)
    {
        var token = await running.TokenAsync();
        foreach (var email in writing.Customers)
        {
            using var found = await running.GetAsync($"/api/v1/customers/email/{email}", token);
            await found.ShouldBeAsync(HttpStatusCode.OK);
        }

        await running.TokenAsync(writing.Accounts.Last(), Intents.GoodPassword);
        var database = patron.Folder.ConnectionString();
        var accounts = string.Join(", ", writing.Accounts.Select(email => $"'{email}'"));
        Assert.Equal(writing.Accounts.Count, await ProcessIntents.CountAsync(database, $"SELECT count(*) FROM accounts.users WHERE email IN ({accounts})"));
        Assert.Equal(0, await ProcessIntents.CountAsync(database, """
            SELECT count(*) FROM accounts.users u
            WHERE 1 <> (SELECT count(*) FROM accounts.memberships m WHERE m.user_id = u.id)
               OR 1 <> (SELECT count(*) FROM shared.audit_entries a WHERE a.subject_id = u.id AND a.action = 'account.registered')
            """));
        // A sign-up with an organization is all or nothing.
        Assert.Equal(0, await ProcessIntents.CountAsync(database, """
            SELECT count(*) FROM accounts.organizations o
            WHERE NOT o.is_home AND (1 <> (SELECT count(*) FROM accounts.vendors v WHERE v.organization_id = o.id)
               OR 3 <> (SELECT count(*) FROM accounts.profiles p WHERE p.organization_id = o.id)
               OR 1 <> (SELECT count(*) FROM customers.customers c JOIN accounts.memberships m USING (organization_id, user_id) WHERE c.organization_id = o.id))
            """));
        Assert.Equal(0, await ProcessIntents.CountAsync(database, """
            SELECT count(*) FROM customers.customers c
            WHERE 1 <> (SELECT count(*) FROM shared.audit_entries a WHERE a.subject_id = c.uid AND a.action = 'customer.created')
            """));
    }

    /// <summary>Sends concurrent creates, registrations and sign-ups with an organization, and records the answers.</summary>
    private sealed class Writing
    {
        private readonly ConcurrentQueue<string> customers = new();
        private readonly ConcurrentQueue<string> accounts = new();
        private readonly ConcurrentQueue<(HttpStatusCode Status, string Body)> others = new();
        private readonly Task writers;
        private volatile bool isOver;

        public Writing(PatronProcess patron)
        {
            Patron = patron;
            writers = WriteAsync();
        }

        public PatronProcess Patron { get; }

        public ConcurrentQueue<string> Customers => customers;

        public ConcurrentQueue<string> Accounts => accounts;

        public ConcurrentQueue<(HttpStatusCode Status, string Body)> OtherAnswers => others;

        public int Acknowledged => customers.Count;

        public Task UntilAcknowledgedAsync(int customers, int accounts) =>
            Patron.UntilAsync(() => Task.FromResult(this.customers.Count >= customers && this.accounts.Count >= accounts));

        public Task UntilRefusedAsync() => Patron.UntilAsync(() => Task.FromResult(!others.IsEmpty));

        public Task StopAsync()
        {
            isOver = true;
            return EndAsync();
        }

        /// <summary>Waits until the writers have ended after their server was killed.</summary>
        public Task EndAsync() => writers.WaitAsync(MaxDowntime);

        private async Task WriteAsync()
        {
            var token = await Patron.TokenAsync();
            await Task.WhenAll(
                RepeatAsync(customers, "customer", email => Patron.PostCustomerAsync(token, email)),
                RepeatAsync(customers, "customer", email => Patron.PostCustomerAsync(token, email)),
                RepeatAsync(customers, "customer", email => Patron.PostCustomerAsync(token, email)),
                RepeatAsync(accounts, "account", Patron.PostRegistrationAsync),
                RepeatAsync(accounts, "business", Patron.PostSignUpAsync));
        }

        private async Task RepeatAsync(ConcurrentQueue<string> acknowledged, string name, Func<string, Task<HttpResponseMessage>> write)
        {
            while (!isOver)
            {
                var email = Intents.NewEmail(name);
                try
                {
                    using var answer = await write(email);
                    if (answer.StatusCode == HttpStatusCode.Created)
                    {
                        acknowledged.Enqueue(email);
                    }
                    else
                    {
                        others.Enqueue((answer.StatusCode, await answer.Content.ReadAsStringAsync()));
                    }
                }
                catch (HttpRequestException)
                {
                    return; // The server was killed, so the outcome of this request is unknown.
                }
            }
        }
    }
}
