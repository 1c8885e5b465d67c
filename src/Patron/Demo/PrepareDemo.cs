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
/// Prepares the database of <c>patron serve --demo</c>: customers, a sync of the demo ERP, an invitation and a customer's login. A second
/// start finds everything there.
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

        await DemoCompany.FillAsync(services, caller, cancellationToken);
        await using var scope = services.CreateAsyncScope();
        var synced = await scope.ServiceProvider.GetRequiredService<RunSync>()
            .HandleAsync(new SyncParameters(), _ => { }, cancellationToken);
        ThrowIfRefused(synced.Error);
        await InviteTomAsync(scope.ServiceProvider, caller, cancellationToken);
        await AddJaneAsync(scope.ServiceProvider, caller, cancellationToken);

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

              Portal         {portal.Page("/login")}
              API reference  {portal.Page("/docs")}
              Mails          {settings.Mail.Folder}

              Customer with invoices, orders and tickets
                {DemoPartners.Jane.Email}   {DemoSettings.CustomerPassword}
              Staff, for the API
                {DemoSettings.StaffEmail}  {DemoSettings.StaffPassword}

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

    private static void ThrowIfRefused(Error? error)
    {
        if (error is not null)
        {
            throw new CannotStartException($"The demo could not be prepared: {error.Sentence}");
        }
    }
}
