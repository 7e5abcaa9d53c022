-- The application ends nobody's membership: whoever runs the installation does. It had the right to, and needs none.
revoke update (ended_at) on members, office_members from passerelle_app;
