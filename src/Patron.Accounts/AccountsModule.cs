using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Patron.Accounts.Activation;
using Patron.Accounts.ApiKeys;
using Patron.Accounts.Database;
using Patron.Accounts.Mails;
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

/// <summary>Registers the accounts module: its use cases, its database, its outbox handler and its housekeeping tasks.</summary>
public static class AccountsModule
{
    public static MigrationSet Migrations { get; } = new("accounts", typeof(AccountsModule).Assembly);

    /// <summary>Fills the search texts that migration 0006 added.</summary>
    public static BackgroundMigration SearchTexts { get; } = SearchTextMigration.Of(
        "accounts.search_texts", "accounts.users", "uuid", "first_name",
        "accounts.search_text(r.first_name, r.last_name, r.email, r.phone_number, r.user_name)");

    /// <summary>Adds up the figures that writers appended.</summary>
    public static HousekeepingTask Figures { get; } = new(
        "figures that were added up",
        """
        WITH added AS (
            DELETE FROM accounts.figures f USING (SELECT name, day FROM accounts.figures GROUP BY 1, 2 HAVING count(*) > 1) many
            WHERE f.name = many.name AND f.day = many.day RETURNING f.name, f.day, f.amount)
        INSERT INTO accounts.figures (name, day, amount)
        SELECT name, day, sum(amount) FROM added WHERE $1::timestamptz IS NOT NULL GROUP BY 1, 2 HAVING sum(amount) <> 0
        """);

    /// <summary>The columns that hold comparison keys of email addresses.</summary>
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
        services.AddSingleton<ApiKeyUses>();
        services.AddSingleton<MailWriter>().AddSingleton<AccountMails>().AddSingleton<ActivationMails>();
        services.AddSingleton<MailedCodes>().AddSingleton<DeclineTokens>().AddScoped<DeclineInvitation>();
        AddUseCases(services);
        services.AddOutboxHandler<SendPasswordReset>(
            ForgotPassword.OutboxKind, (send, payload, token) => send.HandleAsync(payload, token));
        services.AddOutboxHandler<RegisterUser>(
            RegisterUser.OutboxKind, (register, payload, token) => register.HandleQueuedAsync(payload, token));
        AddHousekeeping(services);
        return services;
    }

    // Only Identity's managers are used: for passwords, and later for second factors and passkeys. Its endpoints, rules and tokens do not
    // fit the contract, and its email index is not unique.
    private static void AddIdentity(IServiceCollection services)
    {
        services.AddIdentityCore<User>();
        services.AddScoped<IUserStore<User>>(
            provider => new UserOnlyStore<User, AccountsContext, Guid>(provider.GetRequiredService<AccountsContext>()));
        services.AddSingleton<IPasswordHasher<User>, UserPasswordHasher>();
        services.AddSingleton<ILookupNormalizer, FoldingNormalizer>();
        services.AddOptions<PasswordHasherOptions>()
            .Configure<IOptions<AccountsOptions>>((hasher, accounts) => hasher.IterationCount = accounts.Value.PasswordIterations);
        services.AddSingleton<HashingQueue>().AddSingleton<DecoyHash>();
    }

    private static void AddUseCases(IServiceCollection services)
    {
        services.AddScoped<Attempts>().AddScoped<MailBudgets>().AddScoped<AccountMailbox>().AddScoped<AccountRegistration>()
            .AddScoped<PrivateRegistration>()
            .AddScoped<ChallengeStore>().AddScoped<CheckMailedSecret>().AddScoped<ProveEmail>()
            .AddScoped<ICustomerRecords, NoCustomerRecords>().AddScoped<RegisterUser>().AddScoped<CreateAdmin>()
            .AddScoped<SetAccountEnabled>().AddScoped<ManageAccount>().AddScoped<RetireAccount>().AddScoped<FindAccount>().AddScoped<FindAccountState>()
            .AddScoped<UpdateAccount>().AddScoped<ChooseLanguage>()
            .AddScoped<CancelEmailChange>()
            .AddScoped<VerifyEmail>().AddScoped<ResendVerification>().AddScoped<ImportUsers>().AddScoped<LookUpAccounts>()
            .AddScoped<AccountsByEmail>().AddScoped<ListUsers>();
        services.AddScoped<PasswordHashing>().AddScoped<PasswordSetter>().AddScoped<SetPasswordByMail>()
            .AddScoped<ChangePassword>().AddScoped<ForgotPassword>().AddScoped<SendPasswordReset>().AddScoped<ResetPassword>()
            .AddSingleton<RatePassword>();
        services.AddScoped<FirstPassword>().AddScoped<ActivationChallenges>().AddScoped<ActivationMailer>()
            .AddScoped<AccountActivator>().AddScoped<ActivationInvitations>();
        services.AddSingleton<SignInRules>();
        services.AddScoped<TokenIssuer>().AddScoped<SessionStarter>()
            .AddScoped<SignIn>().AddScoped<SignInAs>().AddScoped<RefreshSession>().AddScoped<EndSessions>().AddScoped<EndEverySession>()
            .AddScoped<ListSessions>()
            .AddScoped<Reauthenticate>().AddScoped<ReauthenticationCodes>().AddScoped<SendReauthenticationCode>()
            .AddScoped<FindEndedSession>();
        services.AddScoped<CreateApiKey>().AddScoped<ListApiKeys>().AddScoped<RevokeApiKey>();
        services.AddScoped<EnsureHome>().AddScoped<ListMembers>().AddScoped<InviteMember>().AddScoped<AcceptInvitation>()
            .AddScoped<WithdrawMemberInvitation>()
            .AddScoped<EndOwnership>().AddScoped<EndMembership>().AddScoped<CloseOrganization>().AddScoped<ResetMemberships>()
            .AddScoped<RemoveMember>().AddScoped<AddMember>().AddScoped<ChangeMemberRole>()
            .AddScoped<JoinOrganization>().AddScoped<InvitationLimiter>().AddScoped<NotifyOfOffer>();
        services.AddScoped<OrganizationFactory>().AddScoped<CreateOrganization>().AddScoped<ListOrganizations>()
            .AddScoped<FindOrganization>().AddScoped<FindOrganizations>().AddScoped<SummarizeOrganization>().AddScoped<ChangeOrganization>()
            .AddScoped<ListVendors>().AddScoped<FindVendor>().AddScoped<ChangeVendor>()
            .AddScoped<ListProfiles>().AddScoped<FindUserProfile>().AddScoped<ChangeProfile>().AddScoped<CustomerProfiles>();
    }

    // Ended and expired rows are kept for 30 days, so that questions about them can be answered.
    private static void AddHousekeeping(IServiceCollection services)
    {
        services.AddSingleton(
            new HousekeepingTask(
                "ended sessions",
                "DELETE FROM accounts.sessions WHERE least(expires_at, ended_at) < $1::timestamptz - interval '30 days'"));
        services.AddSingleton(
            new HousekeepingTask(
                "expired challenges", "DELETE FROM accounts.challenges WHERE expires_at < $1::timestamptz - interval '30 days'"));
        // These rows hold addresses that anyone may have typed, so they are deleted as soon as they expire.
        services.AddSingleton(
            new HousekeepingTask("expired activations", "DELETE FROM accounts.activation_challenges WHERE link_expires_at < $1"));
        services.AddSingleton(
            new HousekeepingTask("expired confirmation codes", "DELETE FROM accounts.reauthentication_codes WHERE expires_at < $1"));
        services.AddSingleton(new HousekeepingTask("expired attempt counters", "DELETE FROM accounts.attempts WHERE window_ends_at < $1"));
        services.AddSingleton(new HousekeepingTask("retired signing keys", "DELETE FROM accounts.signing_keys WHERE retires_at < $1"));
    }

    private sealed class FoldingNormalizer : ILookupNormalizer
    {
        public string? NormalizeEmail(string? email) => email is null ? null : EmailAddress.KeyOf(email);

        public string? NormalizeName(string? name) => name is null ? null : Folding.Key(name);
    }
}
