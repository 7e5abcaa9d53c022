# The application alone, as one static binary on an image that holds nothing else: no shell, no package manager, no
# account but an unprivileged one. It writes nothing but sealed documents into its volume, so that its file system can be read-only.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download && go mod verify
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags="-s -w -buildid= -X main.version=${VERSION}" -o /passerelle ./cmd/passerelle && mkdir /documents

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /passerelle /passerelle
COPY LICENCE /LICENCE
COPY --from=build --chown=nonroot:nonroot /documents /documents
ENV LISTEN=:8080 GOTRACEBACK=none
EXPOSE 8080
USER nonroot
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["/passerelle", "health"]
ENTRYPOINT ["/passerelle"]
CMD ["serve"]
