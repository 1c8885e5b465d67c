# Register User with Customer
curl -X POST https://tradeline.example.com/api/method/rockettradeline.api.auth.sign_up \
  -H "Content-Type: application/json" \
  -d '{
    "email": "newuser@example.com",
    "full_name": "New User",
    "password": "securepassword",
    "phone": "+1-555-123-4567"
  }'

# Login and Get Customer Info
curl -X POST https://tradeline.example.com/api/method/rockettradeline.api.auth.login \
  -H "Content-Type: application/json" \
  -d '{
    "usr": "newuser@example.com",
    "pwd": "securepassword"
  }'

# Update Profile (Updates Both User and Customer)
curl -X POST https://tradeline.example.com/api/method/rockettradeline.api.auth.update_profile \
  -H "Content-Type: application/json" \
  -d '{
    "full_name": "Updated Name",
    "phone": "+1-555-999-8888"
  }'

# Migration for Existing Users
curl -X POST https://tradeline.example.com/api/method/rockettradeline.api.auth.create_customer_for_user \
  -H "Content-Type: application/json" \
  -d '{
    "user_email": "existing@example.com"
  }'
