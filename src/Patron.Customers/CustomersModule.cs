using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Import;
using Patron.Customers.Links;
using Patron.Customers.Merges;
using Patron.Customers.Profiles;
using Patron.Customers.Search;
using Patron.Customers.Statistics;
using Patron.Shared.Background;
using Patron.Shared.Database;
using Patron.Shared.Idempotency;
using Patron.Shared.Text;

namespace Patron.Customers;

/// <summary>The customer record: its schema, its migrations and its use cases.</summary>
public static class CustomersModule
{
    public static MigrationSet Migrations { get; } = new("customers", typeof(CustomersModule).Assembly);

    /// <summary>What is done to existing rows in the background.</summary>
    public static IReadOnlyList<BackgroundMigration> BackgroundMigrations { get; } =
    [
        // For migration 0015.
        SearchTextMigration.Of(
            "customers.search_texts", "customers.customers", "bigint", "first_name",
            "customers.search_text(r.first_name, r.last_name, r.company_name, r.email, r.phone, r.phone_e164, r.name, r.username, r.customer_id)"),
        TagKeys.Migration, ConsentMigration.Migration, CountryCodeMigration.Customers, CountryCodeMigration.Addresses,
        .. CustomerOrder.Indexes,
    ];

    /// <summary>The column that compares email addresses by their keys.</summary>
    public static EmailKeyColumn EmailKeyColumn { get; } = new("customer", "customers.customers", "email_key", "uid");

    /// <summary>
    /// Adds the module. It needs an <see cref="IAccountDirectory"/>, a <see cref="DatabaseSession"/> and an <see cref="IdempotentWork"/>
    /// per scope, a <see cref="PhoneNumberParser"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddCustomers(this IServiceCollection services)
    {
        services.TryAddSingleton(ErpOwnership.Everything);
        services.TryAddSingleton<CustomersOptions>();
        services.AddScoped<CustomerStore>();
        services.AddScoped<AccountCopies>();
        services.AddScoped<IdentifierAllocator>();
        services.AddScoped<ChangeRequests>();
        services.AddScoped<CustomerEditor>();
        services.AddScoped<CreateCustomer>();
        services.AddScoped<FindCustomer>();
        services.AddScoped<ListConsents>();
        services.AddScoped<LocateCustomer>();
        services.AddScoped<BrowseCustomers>();
        services.AddScoped<ListCustomers>();
        services.AddScoped<SearchCustomers>();
        services.AddScoped<ListPlaces>();
        services.AddScoped<ReadStatistics>();
        services.AddScoped<UpdateCustomer>();
        services.AddScoped<BulkUpdateCustomers>();
        services.AddScoped<DeleteCustomer>();
        services.AddScoped<RestoreCustomer>();
        services.AddScoped<EraseCustomer>();
        services.AddScoped<VerifyCustomerEmail>();
        services.AddScoped<VerifyCustomerPhone>();
        services.AddScoped<RecordCustomerSignIn>();
        services.AddScoped<ImportCustomers>();
        services.AddScoped<CustomerAddresses>();
        services.AddScoped<ListAddresses>();
        services.AddScoped<AddAddress>();
        services.AddScoped<ChangeAddress>();
        services.AddScoped<RemoveAddress>();
        services.AddScoped<LinkOffers>();
        services.AddScoped<MergeStore>();
        services.AddScoped<MergedRows>();
        services.AddScoped<CustomerMerger>();
        services.AddScoped<MergePartners>();
        services.AddScoped<ReturnedClaims>();
        services.AddScoped<MergeLocks>();
        services.AddScoped<MergeHistory>();
        services.AddScoped<SeparatedRows>();
        services.AddScoped<SeparateRecords>();
        services.AddScoped<MergeCustomers>();
        services.AddScoped<UndoMerge>();
        services.AddScoped<ListMerges>();
        services.AddScoped<CustomerLinker>();
        services.AddScoped<AccountCustomers>();
        services.AddScoped<WaitingCustomers>();
        services.AddScoped<OfferCustomer>();
        services.AddScoped<AnswerOffer>();
        services.AddScoped<ListOffers>();
        services.AddScoped<OwnProfile>();
        services.AddScoped<FindProfile>();
        services.AddScoped<CreateProfile>();
        services.AddScoped<UpdateProfile>();
        services.AddScoped<DeleteProfile>();
        services.AddScoped<WithdrawChangeRequest>();
        services.AddScoped<CheckProfile>();
        services.AddScoped<CountService>();
        services.AddScoped<ReadProfileStatistics>();
        services.AddScoped<ErpCustomers>();
        services.AddScoped<AnswerChangeRequest>();
        services.AddSingleton(
            provider => new Counters(provider.GetRequiredService<DatabasePools>().Background, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new RefreshPhoneNumbers(
            provider.GetRequiredService<DatabasePools>().Background, provider.GetRequiredService<PhoneNumberParser>()));
        return services;
    }
}
