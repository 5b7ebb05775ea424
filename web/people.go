package web

import "net/http"

func (s *Server) people(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) rightsTrail(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) grant(http.ResponseWriter, *http.Request) error { return errNoPage }

func (s *Server) revoke(http.ResponseWriter, *http.Request) error { return errNoPage }
