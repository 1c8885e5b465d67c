using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Linking.Activation;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Outbox;

namespace Patron.Linking;

/// <summary>What needs accounts and customers in one transaction: sign-ups, proof, offers.</summary>
public static class LinkingModule
{
    /// <summary>Joins the two modules where they share a database: Customers asks in process, and its records follow accounts.</summary>
    public static IServiceCollection JoinAccountsAndCustomers(this IServiceCollection services) => services
        .AddScoped<IAccountDirectory>(provider => new AccountDirectory(
            provider.GetRequiredService<LookUpAccounts>, provider.GetRequiredService<AccountsByEmail>(), provider.GetRequiredService<DatabaseSession>()))
        .AddScoped<PasswordCount>(provider => provider.GetRequiredService<LookUpAccounts>().CountWithPasswordAsync)
        .AddScoped<ICustomerRecords, CustomerRecords>()
        .AddScoped<ICustomerReferences, InvitationReferences>();

    /// <summary>The use cases. Every role's routes name them; only where both modules share a database are these routes served.</summary>
    public static IServiceCollection AddLinking(this IServiceCollection services)
    {
        services.AddScoped<SignUpCustomer>();
        services.AddScoped<SignUpOrganization>();
        services.AddScoped<HomeCustomers>();
        services.AddScoped<CreateCustomerForUser>();
        services.AddScoped<CreateCustomerOfUser>().AddScoped<OfferCustomerOfUser>();
        services.AddScoped<AcceptOffer>();
        services.AddScoped<CustomerFaces>();
        services.AddScoped<ListNamedOffers>();
        services.AddScoped<ListEmailConflicts>();
        services.AddScoped<FindPerson>();
        services.AddSingleton<LinkAccounts>();
        AddActivation(services);
        return services;
    }

    private static void AddActivation(IServiceCollection services)
    {
        services.AddScoped<ActivationCandidates>();
        services.AddScoped<CheckEmail>();
        services.AddScoped<StartActivation>().AddScoped<BeginSetup>();
        services.AddScoped<SendActivation>();
        services.AddScoped<SendSetupLink>();
        services.AddScoped<FindSetupLink>();
        services.AddScoped<OpenCustomerAccount>();
        services.AddScoped<ActivateByCode>();
        services.AddScoped<ActivateByLink>();
        services.AddScoped<ActivateTrusting>();
        services.AddScoped<QuickSetup>();
        services.AddScoped<InviteCustomers>();
        services.AddScoped<ListInvitations>();
        services.AddScoped<MailInvitations>();
        services.AddSingleton(provider => new OutboxHandler(ActivationChallenges.OutboxKind, async (payload, cancellationToken) =>
        {
            await using var scope = provider.GetRequiredService<IServiceScopeFactory>().CreateBackgroundScope();
            await scope.ServiceProvider.GetRequiredService<SendActivation>().HandleAsync(payload, cancellationToken);
        }));
    }
}
