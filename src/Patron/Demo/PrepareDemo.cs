using System.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Patron.Accounts.Users;
using Patron.Customers.Customers;
using Patron.Erp.Runs;
using Patron.Hosting;
using Patron.Linking.Activation;
using Patron.Shared;
using Patron.Shared.Callers;
using Patron.Shared.Imports;
using Patron.Shared.Mail;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Demo;

/// <summary>
/// Prepares the database of <c>patron serve --demo</c>: a company with two years of customers, their accounts, a sync of the demo ERP, what
/// staff did and have to decide, an invitation and, last, a customer's login. A second start finds everything there.
/// </summary>
internal static class PrepareDemo
{
    /// <exception cref="CannotStartException">The database is not one of the demo.</exception>
    public static async Task HandleAsync(IServiceProvider services, PatronSettings settings, CancellationToken cancellationToken)
    {
        var caller = Caller.System(settings.Home.Id);
        // The start creates the first administrator, so every database of a real company has another one.
        if (!await HasAccountAsync(DemoSettings.StaffEmail))
        {
            throw new CannotStartException(
                $"This database is not one of the demo, so --demo adds nothing to it. Give the demo a folder of its own: --data {DemoSettings.Folder}.");
        }

        if (await HasAccountAsync(DemoPartners.Jane.Email!))
        {
            return;
        }

        var (watch, work) = (Stopwatch.StartNew(), new DemoWork(services, settings.Home.Id));
        await DemoCompany.FillAsync(services, caller, cancellationToken);
        Report("accounts");
        await work.AddAccountsAsync(cancellationToken);
        Report("sync");
        await using var scope = services.CreateAsyncScope();
        await DemoHistory.AddRunsAsync(scope.ServiceProvider, cancellationToken);
        var synced = await scope.ServiceProvider.GetRequiredService<RunSync>()
            .HandleAsync(new SyncParameters { Full = true }, _ => { }, cancellationToken);
        ThrowIfRefused(synced.Error);
        Report("changes, comments, bulk changes, duplicates");
        await work.HandleAsync(cancellationToken);
        Report("two years of history");
        await DemoHistory.HandleAsync(scope.ServiceProvider, settings.Home.Id, cancellationToken);
        await InviteTomAsync(scope.ServiceProvider, caller, cancellationToken);
        await AddJaneAsync(scope.ServiceProvider, caller, cancellationToken);

        void Report(string step) => Console.Error.WriteLine($"Demo company: {step} ({watch.Elapsed.TotalSeconds:F1} s)");

        async Task<bool> HasAccountAsync(string email)
        {
            await using var lookup = services.CreateAsyncScope();
            return await lookup.ServiceProvider.GetRequiredService<AccountsByEmail>()
                .FindAsync(settings.Home.Id, [EmailAddress.KeyOf(email)], cancellationToken) is [_, ..];
        }
    }

    /// <summary>The addresses and logins, for the person who started the demo.</summary>
    public static string Guide(IServiceProvider services)
    {
        var (portal, settings) = (services.GetRequiredService<PortalAddress>(), services.GetRequiredService<PatronSettings>());
        return $"""

            The demo is ready. Its people, documents and ERP are made up.

              For staff: the console, where you see and change all customers
                {portal.Page("/console")}
                sign in as {DemoSettings.StaffEmail}  with {DemoSettings.StaffPassword}

              For customers: the portal, where Jane sees her invoices, orders and tickets
                {portal.Page("/login")}
                sign in as {DemoPartners.Jane.Email}   with {DemoSettings.CustomerPassword}

              For programs: the API, which staff may use too
                {portal.Page("/docs")}

              Mails are files in {settings.Mail.Folder}

            {DemoPartners.Tom.Name} was invited: open the link in his mail to set a password.
            """;
    }

    private static async Task InviteTomAsync(IServiceProvider services, Caller caller, CancellationToken cancellationToken)
    {
        var tom = await services.GetRequiredService<FindCustomer>()
            .HandleAsync(caller, new CustomerLookup.ByEmail(DemoPartners.Tom.Email!), cancellationToken);
        ThrowIfRefused(tom.Error);
        var invited = await services.GetRequiredService<InviteCustomers>()
            .HandleAsync(caller, [tom.Value.CustomerId], null, dryRun: false, cancellationToken);
        ThrowIfRefused(invited.Error);
    }

    private static async Task AddJaneAsync(IServiceProvider services, Caller caller, CancellationToken cancellationToken)
    {
        var jane = new ImportedAccount(DemoPartners.Jane.Email, new PersonNames("Jane", "Miller", null, null))
        {
            PasswordHash = new PasswordHasher<object>().HashPassword(caller, DemoSettings.CustomerPassword),
            EmailVerified = true,
        };
        var lines = new[] { new ImportLine<ImportedAccount>(1, jane) }.ToAsyncEnumerable();
        var imported = await services.GetRequiredService<ImportUsers>()
            .HandleAsync(caller, lines, allOrNothing: true, _ => { }, cancellationToken);
        ThrowIfRefused(imported.Error);
    }

    internal static void ThrowIfRefused(Error? error)
    {
        if (error is not null)
        {
            throw new CannotStartException($"The demo could not be prepared: {error.Sentence}");
        }
    }
}
