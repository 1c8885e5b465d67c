using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Jobs;
using Patron.Linking.Activation;
using Patron.Linking.AuditSearch;
using Patron.Linking.Staff;
using Patron.Linking.Timeline;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Inbox;
using Patron.Shared.Outbox;

namespace Patron.Linking;

/// <summary>Registers the use cases that need accounts and customers in one transaction: sign-ups, proof, offers, activation.</summary>
public static class LinkingModule
{
    /// <summary>
    /// Connects the two modules if they share a database: Customers reads accounts in process, and customer records are updated after
    /// changes of accounts.
    /// </summary>
    public static IServiceCollection JoinAccountsAndCustomers(this IServiceCollection services) => services
        .AddScoped<IAccountDirectory>(provider => new AccountDirectory(
            provider.GetRequiredService<LookUpAccounts>, provider.GetRequiredService<AccountsByEmail>(),
            provider.GetRequiredService<DatabaseSession>(), provider.GetRequiredService<RetireAccount>))
        .AddScoped<CountAccountsWithPassword>(provider => provider.GetRequiredService<LookUpAccounts>().CountWithPasswordAsync)
        .AddScoped<ICustomerRecords, CustomerRecords>()
        .AddScoped<ICustomerReferences, InvitationReferences>()
        .AddScoped<IJobKind, InviteKind>()
        // Administrators act in every organization without being members.
        .AddSingleton(new HousekeepingTask(
            "private segments of former members",
            """
            DELETE FROM customers.segments s
            WHERE s.owner_id IS NOT NULL AND s.created_at < $1
                AND NOT EXISTS (
                    SELECT FROM accounts.memberships m
                    WHERE m.organization_id = s.organization_id AND m.user_id = s.owner_id AND m.role <> 'customer')
                AND NOT EXISTS (SELECT FROM accounts.users u WHERE u.id = s.owner_id AND u.is_admin)
            """))
        .AddScoped<IInboxReader, InvitationInboxReader>()
        .AddScoped<IInboxReader, EmailConflictInboxReader>()
        .AddSingleton(provider => WithdrawActivationInvitation.Expiring(provider.GetRequiredService<HomeOrganization>()));

    /// <summary>
    /// Registers the use cases. The routes of every role refer to them, but only a process with both modules serves these routes.
    /// </summary>
    public static IServiceCollection AddLinking(this IServiceCollection services)
    {
        services.AddScoped<SignUpCustomer>();
        services.AddScoped<SignUpOrganization>();
        services.AddOutboxHandler<SignUpCustomer>(
            SignUpCustomer.OutboxKind, (signUp, payload, token) => signUp.HandleQueuedAsync(payload, token));
        services.AddOutboxHandler<SignUpOrganization>(
            SignUpOrganization.OutboxKind, (signUp, payload, token) => signUp.HandleQueuedAsync(payload, token));
        services.AddScoped<HomeCustomers>();
        services.AddScoped<CreateCustomerForUser>();
        services.AddScoped<CreateCustomerOfUser>().AddScoped<OfferCustomerOfUser>();
        services.AddScoped<AcceptOffer>();
        services.AddScoped<CustomerViews>();
        services.AddScoped<ListNamedOffers>();
        services.AddScoped<ListEmailConflicts>();
        services.AddScoped<FindPerson>();
        services.AddSingleton<LinkAccounts>();
        services.AddScoped<ReadTimeline>();
        services.AddScoped<SearchAudit>().AddScoped<ExportAudit>();
        services.AddScoped<StaffAccounts>().AddScoped<ReadStaffCustomer>().AddScoped<EndCustomerSessions>()
            .AddScoped<SendCustomerLink>();
        AddActivation(services);
        return services;
    }

    private static void AddActivation(IServiceCollection services)
    {
        services.AddScoped<ActivationCandidates>();
        services.AddScoped<CheckEmail>();
        services.AddScoped<StartActivation>().AddScoped<StartSetup>();
        services.AddScoped<SendActivation>();
        services.AddScoped<SendSetupLink>();
        services.AddScoped<FindSetupLink>();
        services.AddScoped<CustomerActivation>();
        services.AddScoped<ActivateByCode>();
        services.AddScoped<ActivateByLink>();
        services.AddScoped<ActivateWithoutProof>();
        services.AddScoped<QuickSetup>();
        services.AddScoped<InviteCustomers>();
        services.AddScoped<ListInvitations>();
        services.AddScoped<MailInvitations>();
        services.AddScoped<WithdrawActivationInvitation>().AddScoped<ReadActivation>();
        services.AddOutboxHandler<SendActivation>(
            ActivationChallenges.OutboxKind, (activation, payload, token) => activation.HandleAsync(payload, token));
    }
}
