using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.Customers.Accounts;
using Patron.Shared.Database;

namespace Patron.Linking;

/// <summary>What needs accounts and customers in one transaction: sign-ups, proof, offers. Only where both share a database.</summary>
public static class LinkingModule
{
    public static IServiceCollection AddLinking(this IServiceCollection services)
    {
        services.AddScoped<IAccountDirectory>(provider => new AccountDirectory(provider.GetRequiredService<LookUpAccounts>, provider.GetRequiredService<DatabaseSession>()));
        services.AddScoped<FollowAccounts>();
        services.AddScoped<AccountEventListener>(provider => provider.GetRequiredService<FollowAccounts>().HandleAsync);
        services.AddScoped<SignUpCustomer>();
        services.AddScoped<SignUpOrganization>();
        services.AddScoped<HomeCustomers>();
        services.AddScoped<CreateCustomerForUser>();
        services.AddScoped<CreateCustomerOfUser>();
        services.AddScoped<AcceptOffer>();
        services.AddScoped<CustomerFaces>();
        services.AddScoped<FindPerson>();
        services.AddSingleton<LinkAccounts>();
        return services;
    }
}
