using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Accounts.Activation;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Database;
using Patron.Accounts.Organizations;
using Patron.Accounts.Passwords;
using Patron.Accounts.Sessions;
using Patron.Accounts.SigningKeys;
using Patron.Accounts.Users;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Outbox;
using Patron.Shared.Text;

namespace Patron.Accounts;

/// <summary>Everything the accounts module brings: its use cases, its database, its place in the outbox and in housekeeping.</summary>
public static class AccountsModule
{
    public static MigrationSet Migrations { get; } = new("accounts", typeof(AccountsModule).Assembly);

    /// <summary>Search texts as migration 0006 makes them.</summary>
    public static BackgroundMigration SearchTexts { get; } = SearchTextMigration.Of(
        "accounts.search_texts", "accounts.users", "uuid", "first_name",
        "accounts.search_text(r.first_name, r.last_name, r.email, r.phone_number, r.user_name)");

    /// <summary>Where addresses are compared by keys.</summary>
    public static IReadOnlyList<EmailKeyColumn> EmailKeyColumns { get; } =
    [
        new("user", "accounts.users", "normalized_email", "id"), new("invitation", "accounts.invitations", "normalized_email", "id"),
        new("activation", "accounts.activation_challenges", "email_key"),
    ];

    public static IServiceCollection AddAccounts(this IServiceCollection services)
    {
        services.AddPooledDbContextFactory<AccountsContext>(options => options.UseNpgsql());
        services.AddScoped(provider => provider.GetRequiredService<DatabaseSession>().Join(
            provider.GetRequiredService<IDbContextFactory<AccountsContext>>().CreateDbContext()));
        AddIdentity(services);
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<RefreshTokens>();
        services.AddSingleton<SessionCookies>();
        services.AddSingleton<CallerCache>();
        services.AddSingleton<AccountMails>();
        services.AddSingleton<ActivationMails>();
        services.AddSingleton<ActivationCodes>();
        AddUseCases(services);
        services.AddSingleton(provider => new OutboxHandler(ForgotPassword.OutboxKind, async (payload, cancellationToken) =>
        {
            await using var scope = provider.GetRequiredService<IServiceScopeFactory>().CreateBackgroundScope();
            await scope.ServiceProvider.GetRequiredService<SendPasswordReset>().HandleAsync(payload, cancellationToken);
        }));
        AddHousekeeping(services);
        return services;
    }

    // Of Identity the managers are used (passwords; later second factors and passkeys), not its endpoints, rules or tokens:
    // the contract has its own. Its e-mail index is not unique; ours is.
    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<User>();
        services.AddScoped<IUserStore<User>>(provider => new UserOnlyStore<User, AccountsContext, Guid>(provider.GetRequiredService<AccountsContext>()));
        services.AddSingleton<IPasswordHasher<User>, PasswordHashes>();
        services.AddSingleton<ILookupNormalizer, FoldingNormalizer>();
        services.AddOptions<PasswordHasherOptions>().Configure<IOptions<AccountsOptions>>((hasher, accounts) => hasher.IterationCount = accounts.Value.PasswordIterations);
        services.AddSingleton<HashingSlots>().AddSingleton<DecoyHash>();
    }

    private static void AddUseCases(IServiceCollection services)
    {
        services.AddScoped<Attempts>().AddScoped<MailBudgets>().AddScoped<AccountMailbox>().AddScoped<AccountRegistration>().AddScoped<ChallengeUse>().AddScoped<ProveEmail>()
            .AddScoped<ICustomerRecords, NoCustomerRecords>().AddScoped<RegisterUser>().AddScoped<CreateAdmin>().AddScoped<SwitchAccount>().AddScoped<FindAccount>().AddScoped<UpdateAccount>()
            .AddScoped<VerifyEmail>().AddScoped<ResendVerification>().AddScoped<ImportUsers>().AddScoped<LookUpAccounts>().AddScoped<AccountsByEmail>().AddScoped<ListUsers>();
        services.AddScoped<PasswordWork>().AddScoped<NewPassword>().AddScoped<TakeoverByMail>()
            .AddScoped<ChangePassword>().AddScoped<ForgotPassword>().AddScoped<SendPasswordReset>().AddScoped<ResetPassword>().AddSingleton<RatePassword>();
        services.AddScoped<FirstPassword>().AddScoped<ActivationChallenges>().AddScoped<ActivationPost>().AddScoped<ActivatedAccounts>().AddScoped<ActivationInvitations>();
        services.AddScoped<TokenIssuer>().AddScoped<SessionStart>()
            .AddScoped<SignIn>().AddScoped<SignInAs>().AddScoped<RefreshSession>().AddScoped<EndSessions>().AddScoped<ListSessions>();
        services.AddScoped<CreateApiKey>().AddScoped<ListApiKeys>().AddScoped<RevokeApiKey>();
        services.AddScoped<EnsureHome>().AddScoped<ListMembers>().AddScoped<InviteMember>().AddScoped<AcceptInvitation>().AddScoped<RemoveMember>().AddScoped<AddMember>()
            .AddScoped<JoinOrganization>().AddScoped<InvitationSender>().AddScoped<TellOfOffer>();
        services.AddScoped<OrganizationOpening>().AddScoped<CreateOrganization>().AddScoped<ListOrganizations>().AddScoped<FindOrganization>().AddScoped<ChangeOrganization>()
            .AddScoped<ListVendors>().AddScoped<FindVendor>().AddScoped<ChangeVendor>()
            .AddScoped<ListProfiles>().AddScoped<FindUserProfile>().AddScoped<ChangeProfile>().AddScoped<CustomerProfiles>();
    }

    // What is over is kept for a month, for questions, and then deleted.
    private static void AddHousekeeping(IServiceCollection services)
    {
        services.AddSingleton(new HousekeepingTask("ended sessions", "DELETE FROM accounts.sessions WHERE least(expires_at, ended_at) < $1::timestamptz - interval '30 days'"));
        services.AddSingleton(new HousekeepingTask("expired challenges", "DELETE FROM accounts.challenges WHERE expires_at < $1::timestamptz - interval '30 days'"));
        // Of addresses that somebody typed, known or not: nothing to ask about afterwards.
        services.AddSingleton(new HousekeepingTask("expired activations", "DELETE FROM accounts.activation_challenges WHERE link_expires_at < $1"));
        services.AddSingleton(new HousekeepingTask("expired attempt counters", "DELETE FROM accounts.attempts WHERE window_ends_at < $1"));
        services.AddSingleton(new HousekeepingTask("retired signing keys", "DELETE FROM accounts.signing_keys WHERE retires_at < $1"));
    }

    private sealed class FoldingNormalizer : ILookupNormalizer
    {
        public string? NormalizeEmail(string? email) => email is null ? null : EmailAddress.KeyOf(email);

        public string? NormalizeName(string? name) => name is null ? null : Folding.Key(name);
    }
}
